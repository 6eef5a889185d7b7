import { useId, useLayoutEffect, useRef } from "react";

import type { File as StoredFile, MessageFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import type { FileState } from "@/entities/files/conversationFiles";
import { cutText, notedExtent } from "@/entities/files/fileText";
import { fileIcon } from "@/entities/files/kinds";
import { FileNotes } from "@/entities/files/ui/FileNotes";
import { openViewer } from "@/lib/viewer";
import { Button, TOUCHABLE } from "@/ui/Button";
import { Icon } from "@/ui/icons";

export type ShownFile = StoredFile | MessageFile;

interface RowProps {
  file: ShownFile;
  /** The list that it stands in. */
  place: "in" | "out";
  state: FileState;
  onToggle: () => void;
}

export function ConversationFileRow({ file, place, state, onToggle }: RowProps) {
  const t = useT();
  const language = useLanguage();
  const id = useId();
  const open = useRef<HTMLButtonElement>(null);
  const once = useOnce(state);
  const isIn = state === "in";
  useLayoutEffect(() => {
    // Its own button has gone.
    if (state === "deleted" && document.activeElement === document.body) open.current?.focus();
  }, [state]);
  const cut = cutText({ t, language }, file);
  const note = place === state ? null : t.files.states[state];
  const label = isIn ? t.files.removeFromConversation(file.name) : t.files.putBackNamed(file.name);
  return (
    <li className="rounded-lg hover:bg-hover/70">
      <div className="flex items-center gap-1">
        <div className="relative flex min-w-0 flex-1 items-center gap-2 rounded-lg p-1.5">
          <span className={isIn ? "text-accent" : "text-muted"}>
            <Icon name={fileIcon(file)} />
          </span>
          <span className="min-w-0">
            <button
              ref={open}
              type="button"
              aria-label={t.files.open(file.name)}
              aria-describedby={id}
              title={file.name}
              // All of the row is pressed, while its name is what is read in it.
              className={cx("block w-full truncate rounded-sm text-left text-sm after:absolute after:inset-0 after:rounded-lg", !isIn && "text-muted")}
              onClick={() => openViewer({ file_id: file.file_id, name: file.name, page: 1 })}
            >
              {file.name}
            </button>
            <span id={id} className="block truncate text-xs text-muted">
              {notedExtent({ t, language }, file, note)}
            </span>
            {cut && <span className="block text-xs text-notice">{cut}</span>}
          </span>
        </div>
        {state !== "deleted" && (
          // One button for both, so that it keeps the focus.
          <Button
            variant="quiet"
            isSmall
            className={cx("shrink-0", isIn && `size-8 px-0! ${TOUCHABLE}`)}
            aria-label={label}
            title={label}
            onClick={() => once(onToggle)}
          >
            {isIn ? <Icon name="close" size={16} /> : t.files.putBackShort}
          </Button>
        )}
      </div>
      {isIn && "notes" in file && <FileNotes notes={file.notes} className="px-1.5 pb-1.5 text-xs" />}
    </li>
  );
}

/** The second click of a double one would undo what the first one did, or ask for it again. */
const DOUBLE_CLICK_MS = 400;

/** Runs what a click asks for, unless the last click or what it changed is too fresh for another one to be meant. */
function useOnce(state: FileState): (run: () => void) => void {
  const before = useRef(state);
  const freshAtMs = useRef(-Infinity);
  useLayoutEffect(() => {
    if (before.current !== state) freshAtMs.current = performance.now();
    before.current = state;
  }, [state]);
  return (run) => {
    if (performance.now() - freshAtMs.current < DOUBLE_CLICK_MS) return;
    freshAtMs.current = performance.now();
    run();
  };
}
