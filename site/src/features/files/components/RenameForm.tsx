import { useEffect, useId, useRef, useState } from "react";

import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { problemText } from "@/lib/files/fileText";
import { nameRefusal } from "@/lib/files/validate";

import { useFileActions } from "../api/actions";

/** The name as a field, in place: Enter or leaving it saves, Escape does not. */
export function RenameForm({ file, onClose }: { file: StoredFile; onClose: () => void }) {
  const t = useT();
  const language = useLanguage();
  const actions = useFileActions();
  const problemId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(file.name);
  const problem = nameRefusal(name);
  useEffect(() => {
    input.current?.focus();
    // The ending says what the file is, and is rarely what is meant.
    const end = file.name.lastIndexOf(".");
    input.current?.setSelectionRange(0, end > 0 ? end : file.name.length);
  }, [file.name]);
  const save = (): void => {
    if (problem) return;
    if (name.trim() !== file.name) actions.rename(file, name.trim());
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <input
        ref={input}
        aria-label={t.files.page.name}
        aria-invalid={problem !== null}
        aria-describedby={problem ? problemId : undefined}
        className="h-9 w-full rounded-lg border border-line-strong bg-raised px-2.5 text-[0.9375rem]"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => (problem ? onClose() : save())}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
      />
      {problem && (
        <p id={problemId} role="alert" className="text-sm text-danger">
          {problemText({ t, language }, problem)}
        </p>
      )}
    </form>
  );
}
