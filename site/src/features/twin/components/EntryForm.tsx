import { useEffect, useId, useRef, useState, type SyntheticEvent } from "react";

import { TWIN_SECTIONS, type TwinEntry, type TwinEntryText, type TwinSection } from "@/api/types";
import { useT } from "@/i18n";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { announce } from "@/lib/announcer";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { TextArea } from "@/ui/TextArea";

import { addEntry, editEntry } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { useStep } from "../api/twins";

const BLANK: TwinEntryText = { section: "experience", title: "", subtitle: "", start: "", end: "", place: "", text: "", url: "" };
const DATE = /^(?:\d{4}(?:-(?:0[1-9]|1[0-2]))?)?$/;
const FIELDS = ["section", "title", "subtitle", "start", "end", "place", "text", "url"] as const;

/** entry: null for a new one. Only what was changed is sent: the rest may be changed by others meanwhile. */
export function EntryForm({ handle, entry, onClose }: { handle: string; entry: TwinEntry | null; onClose: () => void }) {
  const t = useT();
  const texts = useTwinTexts().entries;
  const add = useStep(handle, addEntry);
  const edit = useStep(handle, editEntry);
  const [first] = useState<TwinEntryText>(entry ?? BLANK);
  const [typed, setTyped] = useState<TwinEntryText>(() => Object.fromEntries(FIELDS.map((name) => [name, first[name]])) as unknown as TwinEntryText);
  const form = useRef<HTMLFormElement>(null);
  const dateId = useId();
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select")?.focus(), []);
  const set = (change: Partial<TwinEntryText>): void => setTyped((now) => ({ ...now, ...change }));
  const isDateWrong = !DATE.test(typed.start.trim()) || !DATE.test(typed.end.trim());
  const isEmpty = typed.title.trim() === "" && typed.text.trim() === "";
  const { isPending, error } = entry ? edit : add;
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const trimmed = Object.fromEntries(FIELDS.map((name) => [name, typed[name].trim()])) as unknown as TwinEntryText;
    const changed = Object.fromEntries(FIELDS.filter((name) => trimmed[name] !== first[name]).map((name) => [name, trimmed[name]]));
    try {
      if (!entry) await add.mutateAsync(trimmed);
      else if (Object.keys(changed).length > 0) await edit.mutateAsync({ entry_id: entry.entry_id, ...changed });
      announce(twinTexts.now().saved);
      onClose();
    } catch {
      // The form stays, and says why.
    }
  };
  const field = (name: "title" | "subtitle" | "start" | "end" | "place", maxLength: number, more: object = {}) => (
    <Field label={texts.fields[name]} autoComplete="off" maxLength={maxLength} value={typed[name]} onValue={(value) => set({ [name]: value })} {...more} />
  );
  const dates = { hint: texts.dateHint, placeholder: "2021-09", "aria-invalid": isDateWrong, "aria-errormessage": isDateWrong ? dateId : undefined };
  return (
    <form ref={form} className="space-y-3 rounded-xl border border-line bg-raised p-4" aria-label={entry ? texts.edit(entry.title) : texts.add} onSubmit={(event) => void submit(event)}>
      <SectionChoice section={typed.section} onChange={(section) => set({ section })} />
      {field("title", 300)}
      {field("subtitle", 300)}
      <div className="grid gap-3 wide:grid-cols-3">
        {field("start", 7, dates)}
        {field("end", 7, dates)}
        {field("place", 200)}
      </div>
      <TextArea label={texts.fields.text} maxLength={8_000} value={typed.text} onValue={(text) => set({ text })} />
      <Field label={texts.fields.url} type="url" maxLength={1_000} placeholder="https://" autoComplete="off" value={typed.url} onValue={(url) => set({ url })} />
      {isDateWrong && (
        <p id={dateId} role="alert" className="text-sm text-danger">
          {texts.dateInvalid}
        </p>
      )}
      {error && <Alert>{twinErrorText(error)}</Alert>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" isSmall variant="primary" disabled={isPending || isDateWrong || isEmpty}>
          {isPending ? t.app.loading : twinTexts.now().save}
        </Button>
        <Button isSmall variant="quiet" onClick={onClose}>
          {t.app.cancel}
        </Button>
      </div>
    </form>
  );
}

function SectionChoice({ section, onChange }: { section: TwinSection; onChange: (section: TwinSection) => void }) {
  const texts = useTwinTexts();
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {texts.entries.fields.section}
      </label>
      <select
        id={id}
        className="h-11 w-full rounded-xl border border-line-strong/70 bg-raised px-3 text-base"
        value={section}
        onChange={(event) => onChange(event.target.value as TwinSection)}
      >
        {TWIN_SECTIONS.map((name) => (
          <option key={name} value={name}>
            {texts.sections[name]}
          </option>
        ))}
      </select>
    </div>
  );
}
