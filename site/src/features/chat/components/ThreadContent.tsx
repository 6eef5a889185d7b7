import { useT } from "@/i18n";
import { isGone } from "@/entities/conversations/list";
import { errorText } from "@/entities/errors/errorText";
import { problemOf } from "@/entities/errors/problemReport";
import { ReportProblem } from "@/entities/errors/ReportProblem";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import type { ChatActions } from "../useChatActions";
import type { Thread } from "../useThread";
import { MessageList } from "./MessageList";
import { EmptyChat, GoneChat, MessagesSkeleton } from "./states";

interface ThreadContentProps {
  conversationId: string | null;
  thread: Thread;
  actions: ChatActions;
}

/** Whether nothing was asked yet, and nothing is on its way. */
export const isEmpty = (conversationId: string | null, { unsent }: Thread): boolean => conversationId === null && !unsent;

/** The messages, or why there are none to show. */
export function ThreadContent({ conversationId, thread, actions }: ThreadContentProps) {
  const t = useT();
  if (thread.isPending) return <MessagesSkeleton />;
  if (thread.error && isGone(thread.error)) return <GoneChat />;
  if (thread.error) {
    return (
      <Alert
        actions={
          <>
            <Button isSmall onClick={thread.refetch}>
              {t.app.tryAgain}
            </Button>
            <ReportProblem problem={problemOf(thread.error)} />
          </>
        }
      >
        {t.chat.loadFailed} {errorText(t, thread.error)}
      </Alert>
    );
  }
  if (isEmpty(conversationId, thread)) return <EmptyChat />;
  return <MessageList thread={thread} actions={actions} />;
}
