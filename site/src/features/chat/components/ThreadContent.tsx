import { useT } from "@/i18n";
import { isGone } from "@/entities/conversations/list";
import { errorText } from "@/entities/errors/errorText";
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

/** The messages, or why there are none to show. */
export function ThreadContent({ conversationId, thread, actions }: ThreadContentProps) {
  const t = useT();
  if (thread.isPending) return <MessagesSkeleton />;
  if (thread.error && isGone(thread.error)) return <GoneChat />;
  if (thread.error) {
    return (
      <Alert
        actions={
          <Button isSmall onClick={thread.refetch}>
            {t.app.tryAgain}
          </Button>
        }
      >
        {t.chat.loadFailed} {errorText(t, thread.error)}
      </Alert>
    );
  }
  if (conversationId === null && !thread.unsent) return <EmptyChat />;
  return <MessageList thread={thread} actions={actions} />;
}
