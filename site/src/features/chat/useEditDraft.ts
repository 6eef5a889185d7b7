/** An edit in progress, kept as the message box's draft is: its text, and which of the message's files were taken out. */
import { useMemo } from "react";

import type { Message } from "@/api/types";
import type { Store } from "@/lib/store";

import { useChat } from "./context";

export interface EditDraft {
  isBegun(): boolean;
  /** "": as the message is. */
  text(): string;
  write(text: string): void;
  /** The ids of files that were taken out. */
  removed: Store<readonly string[]>;
  remove(fileId: string): void;
  clear(): void;
}

export function useEditDraft({ message_id: messageId }: Message): EditDraft {
  const { drafts } = useChat();
  return useMemo(() => {
    const key = `edit.${messageId}`;
    const draft = drafts.of(key);
    const removed = drafts.filesOf(key);
    return {
      isBegun: () => draft.get() !== "" || removed.get().length > 0,
      text: () => draft.get(),
      write: (text) => draft.set(text),
      removed,
      remove: (fileId) => removed.set([...removed.get(), fileId]),
      clear: () => {
        draft.set("");
        removed.set([]);
        drafts.flush();
      },
    };
  }, [drafts, messageId]);
}
