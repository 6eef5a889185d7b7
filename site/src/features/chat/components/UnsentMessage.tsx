import { useCallback, useSyncExternalStore } from "react";

import { NetworkError } from "@/api/client";
import { useLanguage, useT } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { problemOf } from "@/entities/errors/problemReport";
import { ReportProblem } from "@/entities/errors/ReportProblem";
import { formatMoment, shortName } from "@/lib/format";
import { useUploads } from "@/entities/files/context";
import type { Uploads } from "@/entities/files/uploads";
import { Alert } from "@/ui/Alert";
import { AttachmentChip } from "@/entities/files/ui/AttachmentChip";
import { Button } from "@/ui/Button";

import type { OutboxEntry } from "@/session/outbox";
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
  const language = useLanguage();
  const canRetry = useCanRetry(entry.files ?? none);
  return (
    <div className="space-y-4">
      <article aria-label={t.chat.yourMessage} aria-busy={entry.state === "sending"} className="flex flex-col items-end">
        <UnsentFiles keys={entry.files ?? []} />
        <UserBubble text={entry.text} />
      </article>
      {entry.state === "sending" && <Waiting label={t.chat.sending} />}
      {entry.state === "waiting_files" && <WaitingForFiles keys={entry.files ?? []} onTakeBack={onTakeBack} />}
      {entry.state === "waiting" && (
        <Alert tone="notice" action={{ label: t.chat.cancelSend, run: onTakeBack }}>
          {t.chat.waitingTurn}
        </Alert>
      )}
      {entry.state === "paused" && (
        <Alert tone="notice" action={{ label: t.chat.cancelSend, run: onTakeBack }}>
          {t.chat.paused(formatMoment(language, entry.until_ms))}
        </Alert>
      )}
      {entry.state === "failed" && (
        <Alert
          actions={
            <>
              <Button isSmall onClick={onTakeBack}>
                {t.chat.edit}
              </Button>
              {canRetry && (
                <Button isSmall icon="retry" onClick={onRetry}>
                  {t.app.tryAgain}
                </Button>
              )}
              <ReportProblem problem={problemOf(entry.error)} />
            </>
          }
        >
          {t.chat.unsent} {errorText(t, entry.error)} {entry.error instanceof NetworkError && t.chat.unsentOffline}
        </Alert>
      )}
    </div>
  );
}

const none: readonly string[] = [];

/** Not where a file stands in the way for good: then only editing the message helps. */
function useCanRetry(keys: readonly string[]): boolean {
  const uploads = useUploads();
  const read = useCallback(() => uploads.canRetry(keys), [uploads, keys]);
  return useSyncExternalStore(uploads.subscribe, read);
}

function UnsentFiles({ keys }: { keys: readonly string[] }) {
  const t = useT();
  if (keys.length === 0) return null;
  return (
    <ul aria-label={t.files.attachedToMessage} className="mb-2 flex max-w-[85%] flex-wrap justify-end gap-2">
      {keys.map((key) => (
        <AttachmentChip key={key} attachmentKey={key} onRemove={null} />
      ))}
    </ul>
  );
}

/** The message goes out by itself when its files are read. */
function WaitingForFiles({ keys, onTakeBack }: { keys: readonly string[]; onTakeBack: () => void }) {
  const t = useT();
  const uploads = useUploads();
  const read = useCallback(() => unreadNames(uploads, keys), [uploads, keys]);
  const names = useSyncExternalStore(uploads.subscribe, read).split("\n");
  return (
    <Alert tone="notice" action={{ label: t.chat.cancelSend, run: onTakeBack }}>
      {/* Heard once, while what is seen changes with every file. */}
      <span className="sr-only">{t.files.waitingSpoken}</span>
      <span aria-hidden="true">{names.length === 1 ? t.files.waiting(shortName(names.join())) : t.files.waitingSeveral(names.length)}</span>
    </Alert>
  );
}

/** One name a line: the same text for as long as the same files are unread. */
const unreadNames = (uploads: Uploads, keys: readonly string[]): string =>
  keys
    .map((key) => uploads.attachment(key).get())
    .flatMap((attachment) => (attachment && attachment.phase !== "ready" ? [attachment.name] : []))
    .join("\n");
