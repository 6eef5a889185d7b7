import { useEffect, useRef, useState } from "react";

import type { ConversationSummary } from "@/api/types";
import { useT } from "@/i18n";
import { useConversationActions } from "@/lib/conversations/actions";

/** The API's limit. */
const MAX_TITLE_CHARACTERS = 200;

/** The title as a field, in place: Enter or leaving it saves, Escape does not. */
export function RenameForm({ conversation, onClose }: { conversation: ConversationSummary; onClose: () => void }) {
  const t = useT();
  const actions = useConversationActions();
  const input = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState(conversation.title ?? "");
  useEffect(() => input.current?.select(), []);
  const save = (): void => {
    const chosen = title.trim();
    if (chosen && chosen !== conversation.title) actions.rename(conversation.conversation_id, chosen);
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
        aria-label={t.list.titleLabel}
        className="h-10 w-full rounded-lg border border-line-strong bg-raised px-2.5 text-[0.9375rem]"
        maxLength={MAX_TITLE_CHARACTERS}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
      />
    </form>
  );
}
