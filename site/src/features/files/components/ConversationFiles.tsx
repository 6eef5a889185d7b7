/** The files that stay with a conversation, behind a small button: to look at, to take out, and to put back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";

import { useApi } from "@/api/context";
import type { Conversation, File as StoredFile } from "@/api/types";
import { t as texts, useT } from "@/i18n";
import { errorText } from "@/lib/errorText";
import { setMissing, useConversationFiles, type WithFiles } from "@/lib/files/conversationFiles";
import { conversationFilesKey, conversationFilesPath } from "@/lib/files/endpoints";
import { focusComposer } from "@/lib/focusComposer";
import { Icon } from "@/ui/icons";
import { showToast } from "@/ui/toasts";

import { ConversationFileRows } from "./ConversationFileRows";

interface ConversationFilesProps {
  conversation: WithFiles;
  onChanged: (conversation: Conversation) => void;
}

export function ConversationFiles({ conversation, onChanged }: ConversationFilesProps) {
  const t = useT();
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const list = useConversationFiles(conversation);
  const { remove } = useChanges(conversation, onChanged);
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, [isOpen]);
  const missing = new Set(list.data?.missing);
  const count = conversation.file_ids.filter((fileId) => !missing.has(fileId)).length;
  // A count that the read corrects would jump.
  if ((count === 0 || list.isLoading) && !isOpen) return null;
  return (
    <div
      ref={root}
      role="presentation"
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        // Escape stops an answer otherwise.
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        if (count > 0) button.current?.focus();
        else focusComposer();
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        className="flex min-h-9 items-center gap-1.5 rounded-full px-3 text-sm whitespace-nowrap text-muted transition-colors hover:bg-hover hover:text-ink"
        onClick={() => setOpen(!isOpen)}
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
          <ConversationFileRows list={list} onRemove={remove} />
        </section>
      )}
    </div>
  );
}

const complain = (error: Error): void => showToast({ text: errorText(texts(), error), isError: true });

function useChanges({ conversation_id: conversationId }: WithFiles, onChanged: ConversationFilesProps["onChanged"]) {
  const api = useApi();
  const client = useQueryClient();
  const path = (file: StoredFile) => `${conversationFilesPath(conversationId)}/${encodeURIComponent(file.file_id)}`;
  const changed = (conversation: Conversation, file: StoredFile): void => {
    onChanged(conversation);
    // It exists, whatever a list says that was read while it was out.
    setMissing(client, conversationId, file.file_id, false);
    void client.invalidateQueries({ queryKey: conversationFilesKey(conversationId) });
  };
  const putBack = useMutation({
    mutationFn: (file: StoredFile) => api.put<Conversation>(path(file)),
    onSuccess: (conversation, file) => {
      changed(conversation, file);
      showToast({ text: texts().files.putBack(file.name) });
    },
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: (file: StoredFile) => api.delete<Conversation>(path(file)),
    onSuccess: (conversation, file) => {
      changed(conversation, file);
      const undo = { label: texts().files.page.undo, run: () => putBack.mutate(file) };
      showToast({ text: texts().files.removed(file.name), durationMs: 15_000, action: undo });
    },
    onError: complain,
  });
  return { remove: (file: StoredFile) => remove.mutate(file) };
}
