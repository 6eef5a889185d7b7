/** What a person has typed over what is stored, field by field: what they did not touch follows what others change. */
import { useState } from "react";

interface Edit<Value> {
  value: Value;
  /** As it was stored when they began. */
  before: Value;
}

type Held<T> = { [Name in keyof T]?: Edit<T[Name]> };

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export interface Edits<T> {
  value: T;
  isChanged: boolean;
  set: <Name extends keyof T>(name: Name, value: T[Name]) => void;
  /** Forget what was typed: of one field, or of all. */
  drop: (name?: keyof T) => void;
  /** Fields in which somebody else has stored something else since. */
  clashes: (keyof T)[];
}

export function useEdits<T extends object>(stored: T): Edits<T> {
  const [held, setHeld] = useState<Held<T>>({});
  const names = (Object.keys(held) as (keyof T)[]).filter((name) => held[name] !== undefined && !isSame(held[name].value, stored[name]));
  const value = { ...stored };
  for (const name of names) value[name] = (held[name] as Edit<T[typeof name]>).value;
  return {
    value,
    isChanged: names.length > 0,
    set: (name, next) =>
      setHeld((all) => {
        const edit = all[name];
        // What was saved meanwhile is begun anew.
        const isBegun = edit !== undefined && !isSame(edit.value, stored[name]);
        return { ...all, [name]: { value: next, before: isBegun ? edit.before : stored[name] } };
      }),
    drop: (name) => setHeld((all) => (name === undefined ? {} : { ...all, [name]: undefined })),
    clashes: names.filter((name) => !isSame(held[name]?.before, stored[name])),
  };
}
