import { useSyncExternalStore } from "react";

import { useT } from "@/i18n";
import { focusComposer } from "@/lib/focusComposer";
import { useStore } from "@/lib/store";
import { Alert } from "@/ui/Alert";
import { Ending } from "@/ui/Ending";
import { useConversationActions } from "@/entities/conversations/actions";
import { RefusedFiles } from "@/entities/files/ui/RefusedFiles";

import { useChat } from "../context";
import { outboxKey } from "@/session/outbox";
import type { DraftFiles } from "../useDraftFiles";

interface ComposerNoticesProps {
  conversationId: string | null;
  /** Why the text is too long; null: it is not. */
  tooLong: string | null;
  modelNote: string | null;
  /** When the conversation is deleted unless it is used. */
  keptUntil: string | null;
  files: DraftFiles;
}

/** What stands in the way of a message, or is good to know before it is sent. */
export function ComposerNotices({ conversationId, tooLong, modelNote, keptUntil, files }: ComposerNoticesProps) {
  const t = useT();
  const { keep } = useConversationActions();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return (
    <>
      {!isOnline && <Alert tone="notice">{t.chat.offline}</Alert>}
      {modelNote && <Alert tone="notice">{modelNote}</Alert>}
      {conversationId !== null && (
        <Ending until={keptUntil} says={t.retention.conversation} onKeep={() => keep(conversationId)} />
      )}
      <BranchNotice conversationId={conversationId} />
      {tooLong !== null && <Alert>{tooLong}</Alert>}
      <RefusedFiles refused={files.refused} onDismiss={files.dismissRefused} />
    </>
  );
}

/** A message that was taken back keeps its place, though it is written where new messages are. */
function BranchNotice({ conversationId }: { conversationId: string | null }) {
  const t = useT();
  const branch = useChat().drafts.branchOf(outboxKey(conversationId));
  if (useStore(branch) === null) return null;
  const leave = (): void => {
    branch.set(null);
    focusComposer();
  };
  return (
    <Alert tone="notice" action={{ label: t.chat.sendAtEnd, run: leave }}>
      {t.chat.sendsInPlace}
    </Alert>
  );
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
