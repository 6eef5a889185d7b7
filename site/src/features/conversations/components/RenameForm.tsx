import type { ConversationSummary } from "@/api/types";
import { useT } from "@/i18n";
import { useConversationActions } from "@/entities/conversations/actions";
import { NameForm } from "@/ui/NameForm";

/** The API's limit. */
const MAX_TITLE_CHARACTERS = 200;

export function RenameForm({ conversation, onClose }: { conversation: ConversationSummary; onClose: () => void }) {
  const t = useT();
  const actions = useConversationActions();
  return (
    <NameForm
      label={t.list.titleLabel}
      name={conversation.title ?? ""}
      maxLength={MAX_TITLE_CHARACTERS}
      onSave={(title) => actions.rename(conversation.conversation_id, title)}
      onClose={onClose}
    />
  );
}
