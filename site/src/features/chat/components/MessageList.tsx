import { useEffect, useRef } from "react";

import { useT } from "@/i18n";
import { Button } from "@/ui/Button";

import type { ThreadEntry } from "../thread";
import type { ChatActions } from "../useChatActions";
import type { Thread } from "../useThread";
import { AnswerMessage } from "./AnswerMessage";
import { UnsentMessage } from "./UnsentMessage";
import { UserMessage } from "./UserMessage";
import type { VersionsProps } from "./Versions";

export function MessageList({ thread, actions }: { thread: Thread; actions: ChatActions }) {
  const entries = shownEntries(thread);
  const isIdle = thread.inProgressId === null && !thread.unsent;
  return (
    <div className="flex flex-col gap-5">
      {thread.loadEarlier && <LoadEarlier load={thread.loadEarlier} isLoading={thread.isLoadingEarlier} />}
      {entries.map((entry, index) =>
        entry.message.role === "user" ? (
          <UserMessage
            key={entry.message.message_id}
            message={entry.message}
            versions={versionsOf(entry, thread)}
            canEdit={!thread.unsent}
            onEdit={actions.edit}
          />
        ) : (
          <AnswerMessage
            key={entry.message.message_id}
            message={entry.message}
            versions={versionsOf(entry, thread)}
            canRetry={isIdle && index === entries.length - 1 && !actions.isRetrying}
            onRetry={actions.retry}
          />
        ),
      )}
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

function versionsOf({ message, versions }: ThreadEntry, thread: Thread): VersionsProps | null {
  if (versions.length < 2) return null;
  const at = versions.findIndex((version) => version.message_id === message.message_id);
  return {
    position: at + 1,
    count: versions.length,
    onChoose: (position) => {
      const chosen = versions[position - 1];
      if (chosen) thread.choose(message.parent_id, chosen.message_id);
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
    <Button ref={button} variant="quiet" isSmall className="self-center" disabled={isLoading} onClick={load}>
      {isLoading ? t.app.loading : t.chat.earlier}
    </Button>
  );
}
