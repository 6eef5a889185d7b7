import { useState } from "react";
import { Link } from "wouter";

import type { ConversationSummary } from "@/api/types";
import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { titleOf, useConversationActions } from "@/entities/conversations/actions";
import { printPage } from "@/lib/printing";
import { routes } from "@/lib/routes";
import { TOUCHABLE } from "@/ui/Button";
import { Cut } from "@/ui/Cut";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";
import { showToast } from "@/ui/toasts";

import { RenameForm } from "./RenameForm";

interface ConversationRowProps {
  conversation: ConversationSummary;
  isCurrent: boolean;
  onOpen: () => void;
  onRemoved: () => void;
}

export function ConversationRow({ conversation, isCurrent, onOpen, onRemoved }: ConversationRowProps) {
  const t = useT();
  const [isRenaming, setRenaming] = useState(false);
  const title = titleOf(conversation);
  const print = (): void => {
    onOpen();
    printPage();
  };
  if (isRenaming) {
    return (
      <li>
        <RenameForm conversation={conversation} onClose={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li
      data-row
      className={cx(
        "group relative flex items-center rounded-lg transition-colors",
        isCurrent ? "bg-hover" : "hover:bg-hover/70",
      )}
    >
      <Link
        href={routes.conversation(conversation.conversation_id)}
        aria-current={isCurrent ? "page" : undefined}
        className="flex min-h-10 min-w-0 flex-1 [@media(pointer:coarse)]:min-h-11 items-center gap-2 rounded-lg py-1.5 pr-1 pl-2.5 text-[0.9375rem] -outline-offset-2"
        onClick={onOpen}
      >
        <Cut className={cx("min-w-0 flex-1", isCurrent && "font-medium")}>{title}</Cut>
        {conversation.answer_in_progress !== null && (
          <span className="animate-pulse-dot size-2 shrink-0 rounded-full bg-accent" role="img" aria-label={t.list.answering} />
        )}
      </Link>
      <RowMenu
        conversation={conversation}
        title={title}
        onRename={() => setRenaming(true)}
        onPrint={isCurrent ? print : null}
        onRemoved={() => isCurrent && onRemoved()}
      />
    </li>
  );
}

interface RowMenuProps {
  conversation: ConversationSummary;
  title: string;
  onRename: () => void;
  /** null: it is not open. */
  onPrint: (() => void) | null;
  onRemoved: () => void;
}

function RowMenu({ conversation, title, onRename, onPrint, onRemoved }: RowMenuProps) {
  const t = useT();
  const actions = useConversationActions();
  const { conversation_id: id, archived } = conversation;
  const archive = (): void => {
    actions.setArchived(id, !archived);
    if (archived) return;
    showToast({
      text: t.list.archivedToast(title),
      action: { label: t.list.undo, run: () => actions.setArchived(id, false) },
    });
  };
  const remove = (): void => {
    actions.remove(conversation);
    onRemoved();
  };
  return (
    <Menu
      label={t.list.actions(title)}
      triggerClassName={cx(
        TOUCHABLE,
        "mr-1 grid size-8 place-items-center rounded-lg text-muted opacity-100 hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 [@media(hover:hover)]:opacity-0 [@media(hover:hover)]:group-hover:opacity-100 [@media(hover:hover)]:group-focus-within:opacity-100",
      )}
      trigger={<Icon name="dots" />}
      items={[
        { label: t.list.rename, icon: "pencil", onSelect: onRename },
        ...(onPrint ? [{ label: t.list.print, icon: "printer" as const, onSelect: onPrint }] : []),
        {
          label: archived ? t.list.unarchive : t.list.archive,
          icon: archived ? "unarchive" : "archive",
          onSelect: archive,
        },
        { label: t.list.delete, icon: "trash", isDangerous: true, onSelect: remove },
      ]}
    />
  );
}
