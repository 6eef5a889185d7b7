/** Paths of Windows, outside code: their backslashes are no escapes, or `C:\Users\me\.ssh` would lose one. */
import type { SourceToken } from "./lexer";

/** A folder's name may have blanks; the last name ends at one. */
const PATH = /^(?:[a-zA-Z]:\\(?=[\p{L}\p{N}._~$%-])|%\w+%\\|\\\\[a-zA-Z0-9][\w.-]*\\(?=[\w$.]))(?:[^\n\\/:*?"<>|`]{1,60}\\)*[^\s\\/:*?"<>|`]*/u;
const STARTS = /(?<![\p{L}\p{N}\\])(?:[a-zA-Z]:\\|%\w+%\\|\\\\[a-zA-Z0-9])/gu;

export const folderPathStarts = (text: string): number[] => [...text.matchAll(STARTS)].map(({ index }) => index);

export function folderPath(text: string): SourceToken | undefined {
  const raw = PATH.exec(text)?.[0];
  return raw === undefined ? undefined : { type: "source", raw, text: raw };
}
