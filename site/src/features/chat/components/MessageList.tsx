import { Fragment, memo, useEffect, useMemo, useRef } from "react";

import type { Message } from "@/api/types";
import { useT } from "@/i18n";
import { useStable } from "@/lib/useStable";
import { Button } from "@/ui/Button";

import { readFrom, readsLess, type ThreadEntry } from "../thread";
import type { ChatActions } from "../useChatActions";
import type { Thread } from "../useThread";
import { AnswerMessage } from "./AnswerMessage";
import { ReadingBegins } from "./ReadingBegins";
import { UnsentMessage } from "./UnsentMessage";
import { UserMessage } from "./UserMessage";
import type { VersionsProps } from "./Versions";

export function MessageList({ thread, actions }: { thread: Thread; actions: ChatActions }) {
  const t = useT();
  const entries = shownEntries(thread);
  const isIdle = thread.inProgressId === null && !thread.unsent;
  const edit = useStable(actions.edit);
  const retry = useStable(actions.retry);
  const goOn = useStable(actions.goOn);
  const choose = useStable(thread.choose);
  const beginsAt = readFrom(entries);
  return (
    <div className="thread flex flex-col">
      {thread.loadEarlier && (
        <>
          <p className="hidden text-sm text-muted print:block">{t.chat.printedInPart}</p>
          <LoadEarlier load={thread.loadEarlier} isLoading={thread.isLoadingEarlier} />
        </>
      )}
      {entries.map(({ message, versions }, index) => (
        <Fragment key={message.message_id}>
          {message.message_id === beginsAt && <ReadingBegins />}
          <Row
            message={message}
            versions={versions.length > 1 ? versions : null}
            canEdit={!thread.unsent}
            canRetry={isIdle && index === entries.length - 1 && !actions.isRetrying}
            readsLess={readsLess(entries, index)}
            onEdit={edit}
            onRetry={retry}
            onContinue={goOn}
            onChoose={choose}
          />
        </Fragment>
      ))}
      {thread.unsent && (
        <UnsentMessage entry={thread.unsent} onRetry={actions.resend} onTakeBack={actions.takeBack} />
      )}
    </div>
  );
}

/** While an edit is on its way, what it replaces is not shown. */
function shownEntries({ entries, unsent }: Thread): readonly ThreadEntry[] {
  if (unsent?.state !== "sending" || unsent.parent_id === undefined) return entries;
  const parent = entries.findIndex((entry) => entry.message.message_id === unsent.parent_id);
  return entries.slice(0, parent + 1);
}

interface RowProps {
  message: Message;
  /** null: this one alone. */
  versions: readonly Message[] | null;
  canEdit: boolean;
  canRetry: boolean;
  onEdit: ChatActions["edit"];
  readsLess: boolean;
  onRetry: ChatActions["retry"];
  onContinue: ChatActions["goOn"];
  onChoose: Thread["choose"];
}

/** Drawn again only when something of its own message changes. */
const Row = memo(function Row({ message, versions, canEdit, canRetry, readsLess, onEdit, onRetry, onContinue, onChoose }: RowProps) {
  const leafing = useMemo(() => versions && versionsOf(message, versions, onChoose), [message, versions, onChoose]);
  return message.role === "user" ? (
    <UserMessage message={message} versions={leafing} canEdit={canEdit} onEdit={onEdit} />
  ) : (
    <AnswerMessage message={message} versions={leafing} canRetry={canRetry} readsLess={readsLess} onRetry={onRetry} onContinue={onContinue} />
  );
});

function versionsOf(message: Message, versions: readonly Message[], onChoose: Thread["choose"]): VersionsProps {
  return {
    position: versions.findIndex((version) => version.message_id === message.message_id) + 1,
    count: versions.length,
    onChoose: (position) => {
      const chosen = versions[position - 1];
      if (chosen) onChoose(message.parent_id, chosen.message_id);
    },
  };
}

function LoadEarlier({ load, isLoading }: { load: () => void; isLoading: boolean }) {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!button.current || isLoading) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load());
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <Button ref={button} variant="quiet" isSmall className="self-center print:hidden" disabled={isLoading} onClick={load}>
      {isLoading ? t.app.loading : t.chat.earlier}
    </Button>
  );
}
