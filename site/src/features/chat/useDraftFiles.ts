/** The files that go with a conversation's draft: attached by choice, drop or paste, and kept with it. */
import { useState, type ClipboardEvent } from "react";

import { t } from "@/i18n";
import { announce } from "@/lib/announcer";
import { useReadiness } from "@/entities/files/context";
import { pastedOf, type Incoming } from "@/entities/files/dropped";
import type { Readiness, Refused } from "@/entities/files/uploads";
import { useLimits } from "@/lib/limits";
import { COMPOSER_ID, focusComposer } from "@/lib/focusComposer";
import { useStore } from "@/lib/store";
import { showToast } from "@/ui/toasts";

import { useChat } from "./context";
import { outboxKey } from "@/session/outbox";

const UNDO_PASTE_MS = 12_000;
/** What browsers call a picture that was copied. */
const PICTURE_NAME = /^image(\.\w+)$/i;

export interface DraftFiles {
  keys: readonly string[];
  readiness: Readiness["state"];
  refused: readonly Refused[];
  dismissRefused: () => void;
  attach: (incoming: Incoming) => void;
  remove: (key: string) => void;
  onPaste: (event: ClipboardEvent<HTMLTextAreaElement>) => void;
  /** The message has taken them. */
  clear: () => void;
}

const none: readonly Refused[] = [];

export function useDraftFiles(conversationId: string | null): DraftFiles {
  const { drafts, uploads } = useChat();
  const limits = useLimits();
  const draftKey = outboxKey(conversationId);
  const files = drafts.filesOf(draftKey);
  const keys = useStore(files);
  const readiness = useReadiness(keys);
  const [refusals, setRefusals] = useState({ in: draftKey, items: none });

  const add = (incoming: Incoming): string[] => {
    const added = uploads.add(incoming.files, files.get().length);
    files.set([...files.get(), ...added.keys]);
    setRefusals({ in: draftKey, items: [...incoming.refused, ...added.refused] });
    return added.keys;
  };

  const remove = (key: string): void => {
    uploads.remove(key);
    files.set(files.get().filter((other) => other !== key));
  };

  const nameFor = (stem: string, ending: string): string => {
    const taken = new Set(files.get().map((key) => uploads.attachment(key).get()?.name));
    const names = Array.from({ length: taken.size + 1 }, (_, index) => `${stem}${index === 0 ? "" : `-${index + 1}`}${ending}`);
    return names.find((name) => !taken.has(name)) ?? `${stem}${ending}`;
  };

  /** Attach a long text; until the message is sent, it can still become part of the text. */
  const attachText = (text: string, { selectionStart, selectionEnd }: HTMLTextAreaElement): void => {
    const draft = drafts.of(draftKey);
    const before = draft.get();
    const file = new File([text], nameFor(t().files.pastedName, ".txt"), { type: "text/plain" });
    const [key] = add({ files: [file], refused: [] });
    if (key === undefined) return;
    const insert = (): void => {
      if (!files.get().includes(key)) return;
      remove(key);
      const now = draft.get();
      const [start, end] = now === before ? [selectionStart, selectionEnd] : caretIn(now);
      draft.set(now.slice(0, start) + text + now.slice(end));
      focusComposer();
    };
    showToast({ text: t().files.pastedToast, durationMs: UNDO_PASTE_MS, action: { label: t().files.insertAsText, run: insert } });
  };

  return {
    keys,
    readiness,
    refused: refusals.in === draftKey ? refusals.items : none,
    dismissRefused: () => setRefusals({ in: draftKey, items: none }),
    attach: (incoming) => {
      const added = add(incoming);
      if (added.length > 0) announce(t().files.added(added.length));
      focusComposer();
    },
    remove: (key) => {
      remove(key);
      focusComposer();
    },
    onPaste: (event) => {
      const pasted = pastedOf(event.clipboardData);
      // Where no file has room any more, a long text stays what it is.
      const hasRoom = files.get().length < limits.files_a_message;
      if (!pasted || ("text" in pasted && !hasRoom)) return;
      event.preventDefault();
      if ("text" in pasted) return attachText(pasted.text, event.currentTarget);
      const named = pasted.files.map((file) => renamedPicture(file, (ending) => nameFor(t().files.pastedImageName, ending)));
      add({ files: named, refused: [] });
    },
    clear: () => {
      files.set([]);
      setRefusals({ in: draftKey, items: none });
    },
  };
}

/** Where the composer's caret stands in a draft; its end when another draft is shown. */
function caretIn(draft: string): [number, number] {
  const box = document.getElementById(COMPOSER_ID);
  const caret = box instanceof HTMLTextAreaElement && box.value === draft ? box.selectionEnd : draft.length;
  return [caret, caret];
}

function renamedPicture(file: File, nameFor: (ending: string) => string): File {
  const ending = PICTURE_NAME.exec(file.name)?.[1];
  return ending === undefined ? file : new File([file], nameFor(ending), { type: file.type });
}
