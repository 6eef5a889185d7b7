import type { Conversation } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { useConversationActions } from "@/entities/conversations/actions";
import { formatUsd } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";

import { useModels } from "@/session/messages";
import { chooseNewChatModel, useNewChatModel } from "../api/modelChoice";

/** Which model answers, with prices. In a conversation the choice is stored with it. */
export function ModelMenu({ conversation, isNew }: { conversation: Conversation | null; isNew: boolean }) {
  const t = useT();
  const language = useLanguage();
  const query = useModels();
  const models = query.data ?? [];
  const actions = useConversationActions();
  const newChatModel = useNewChatModel(models);
  const wanted = isNew ? newChatModel : conversation?.model;
  const current = models.find((model) => model.id === wanted) ?? models[0];
  if (query.isError && models.length === 0) {
    return (
      <Button variant="quiet" icon="retry" isSmall onClick={() => void query.refetch()}>
        {t.chat.modelsFailed}
      </Button>
    );
  }
  if (!current || (!isNew && !conversation)) return null;
  const choose = (id: string): void => {
    if (conversation) actions.setModel(conversation.conversation_id, id);
    else chooseNewChatModel(id);
  };
  return (
    <Menu
      label={t.chat.chooseModel(current.name)}
      triggerClassName="flex min-h-9 [@media(pointer:coarse)]:min-h-11 min-w-0 items-center gap-1 rounded-full px-3 text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
      trigger={
        <>
          <span className="truncate">{current.name}</span>
          <Icon name="chevronDown" size={16} />
        </>
      }
      items={models.map((model) => ({
        label: model.name,
        description: t.chat.prices(formatUsd(language, model.prices.input), formatUsd(language, model.prices.output)),
        checked: model.id === current.id,
        onSelect: () => choose(model.id),
      }))}
    />
  );
}
