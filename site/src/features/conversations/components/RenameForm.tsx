import type { ConversationSummary } from "@/api/types";
import { useT } from "@/i18n";
import { useConversationActions } from "@/entities/conversations/actions";
import { useLimits } from "@/lib/limits";
import { NameForm } from "@/ui/NameForm";

export function RenameForm({ conversation, onClose }: { conversation: ConversationSummary; onClose: () => void }) {
  const t = useT();
  const actions = useConversationActions();
  return (
    <NameForm
      label={t.list.titleLabel}
      name={conversation.title ?? ""}
      maxLength={useLimits().title_characters}
      onSave={(title) => actions.rename(conversation.conversation_id, title)}
      onClose={onClose}
    />
  );
}
