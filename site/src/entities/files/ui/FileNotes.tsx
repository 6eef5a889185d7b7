import type { FileNote } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx } from "@/lib/classNames";

import { noteTexts } from "../notes";

interface FileNotesProps {
  notes: readonly FileNote[] | undefined;
  id?: string;
  className?: string;
}

/** What to know of a file's text: a line a note, nothing where there is nothing to say. */
export function FileNotes({ notes, id, className }: FileNotesProps) {
  const t = useT();
  const language = useLanguage();
  const said = noteTexts({ t, language }, notes);
  if (said.length === 0) return null;
  return (
    <ul id={id} aria-label={t.files.notesTitle} className={cx("break-words", className)}>
      {said.map(({ code, text, isLoss }) => (
        <li key={code} className={isLoss ? "text-notice" : "text-muted"}>
          {text}
        </li>
      ))}
    </ul>
  );
}
