import { useT } from "@/i18n";
import { errorText } from "@/lib/errorText";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import type { OutboxEntry } from "../outbox";
import { UserBubble } from "./UserMessage";
import { Waiting } from "./Waiting";

interface UnsentMessageProps {
  entry: OutboxEntry;
  onRetry: () => void;
  onTakeBack: () => void;
}

/** A message that the server does not have yet: shown at once, with what holds it up. */
export function UnsentMessage({ entry, onRetry, onTakeBack }: UnsentMessageProps) {
  const t = useT();
  return (
    <div className="space-y-4">
      <article aria-label={t.chat.yourMessage} aria-busy={entry.state === "sending"} className="flex flex-col items-end">
        <UserBubble text={entry.text} />
      </article>
      {entry.state === "sending" && <Waiting label={t.chat.sending} />}
      {entry.state === "waiting" && (
        <Alert
          tone="notice"
          actions={
            <Button isSmall onClick={onTakeBack}>
              {t.chat.cancelSend}
            </Button>
          }
        >
          {t.chat.waitingTurn}
        </Alert>
      )}
      {entry.state === "failed" && (
        <Alert
          actions={
            <>
              <Button isSmall onClick={onTakeBack}>
                {t.chat.edit}
              </Button>
              <Button isSmall icon="retry" onClick={onRetry}>
                {t.app.tryAgain}
              </Button>
            </>
          }
        >
          {t.chat.unsent} {errorText(t, entry.error)}
        </Alert>
      )}
    </div>
  );
}
