/** The files that stay with a conversation, behind a small button: to look at, to take out, and to put back. */
import { useEffect, useId, useRef, useState, type RefObject } from "react";

import type { Conversation, MessageFile } from "@/api/types";
import { useT } from "@/i18n";
import { fileState, useConversationFiles, type FileState } from "@/entities/files/conversationFiles";
import { focusComposer } from "@/lib/focusComposer";
import { Icon } from "@/ui/icons";

import { useConversationFileActions } from "../api/conversationFiles";
import { ConversationFileRows } from "./ConversationFileRows";

interface ConversationFilesProps {
  conversation: Pick<Conversation, "conversation_id" | "file_ids">;
  /** By its messages, as far as they are known. */
  attached: readonly MessageFile[];
  onChanged: (conversation: Conversation) => void;
}

export function ConversationFiles({ conversation, attached, onChanged }: ConversationFilesProps) {
  const t = useT();
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { conversation_id: conversationId, file_ids: fileIds } = conversation;
  const list = useConversationFiles(conversationId, fileIds.length > 0);
  const actions = useConversationFileActions(conversationId, onChanged);
  const stateOf = (fileId: string): FileState => fileState(fileIds, list.data, fileId);
  // What the server tells of a file is newer than what a message keeps of it.
  const read = list.data?.items ?? [];
  const isRead = (fileId: string): boolean => read.some((file) => file.file_id === fileId);
  const known = [...read, ...attached.filter((file) => !isRead(file.file_id))];
  const count = fileIds.filter((fileId) => stateOf(fileId) === "in").length;
  const hasButton = count > 0 || known.some((file) => stateOf(file.file_id) === "out");
  useClosing(root, isOpen, (byKey) => {
    setOpen(false);
    if (byKey && hasButton) button.current?.focus();
    else if (byKey) focusComposer();
  });
  // A count that the read corrects would jump.
  if ((!hasButton || list.isLoading) && !isOpen) return null;
  const toggle = (): void => {
    if (!isOpen && fileIds.some((fileId) => stateOf(fileId) === "in" && !isRead(fileId))) void list.refetch();
    setOpen(!isOpen);
  };
  return (
    <div ref={root} className="relative">
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        className="flex min-h-9 [@media(pointer:coarse)]:min-h-11 items-center gap-1.5 rounded-full px-3 text-sm whitespace-nowrap text-muted transition-colors hover:bg-hover hover:text-ink"
        onClick={toggle}
      >
        <Icon name="paperclip" size={16} />
        {t.files.inConversation(count)}
      </button>
      {isOpen && (
        <section
          id={id}
          aria-label={t.files.inConversationTitle}
          className="animate-rise absolute top-full right-0 z-30 mt-1 max-h-[60dvh] w-80 max-w-[90vw] overflow-y-auto rounded-2xl border border-line bg-raised p-2 shadow-float"
        >
          <p className="px-1.5 pb-1.5 text-xs text-muted">{t.files.inConversationLead}</p>
          <ConversationFileRows list={list} files={known} stateOf={stateOf} actions={actions} />
        </section>
      )}
    </div>
  );
}

/** Escape closes what is open, also when nothing has the focus; so does a press elsewhere. */
function useClosing(root: RefObject<HTMLElement | null>, isOpen: boolean, close: (byKey: boolean) => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!isOpen) return;
    const isInside = ({ target }: Event): boolean => root.current?.contains(target as Node) ?? false;
    const onPointerDown = (event: PointerEvent): void => {
      if (!isInside(event)) latest.current(false);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || !(isInside(event) || event.target === document.body)) return;
      // Escape stops an answer otherwise.
      event.preventDefault();
      event.stopPropagation();
      latest.current(true);
    };
    document.addEventListener("pointerdown", onPointerDown);
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      document.removeEventListener("keydown", onKeyDown, { capture: true });
    };
  }, [root, isOpen]);
}
