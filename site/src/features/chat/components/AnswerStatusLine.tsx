import type { Message } from "@/api/types";
import { plainText } from "@/entities/answers/text";
import { useT, type Messages } from "@/i18n";
import { answerErrorText } from "@/entities/errors/errorText";
import { ReportProblem } from "@/entities/errors/ReportProblem";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

interface AnswerStatusLineProps {
  message: Message;
  onRetry: (() => void) | null;
  onContinue: (() => void) | null;
}

/** How an answer ended, when there is something to say about it. Its end is announced, so that this is not. */
export function AnswerStatusLine({ message, onRetry, onContinue }: AnswerStatusLineProps) {
  const t = useT();
  const note = noteOf(t, message);
  if (!note) return null;
  const goOn = onContinue && canGoOn(message) && (
    <Button isSmall onClick={onContinue}>
      {t.chat.continue}
    </Button>
  );
  if (!note.isFailure) {
    return (
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-sm text-muted">{note.text}</p>
        {goOn}
      </div>
    );
  }
  const problem = { code: message.error?.code ?? message.status, messageId: message.message_id };
  return (
    <Alert
      isQuiet
      actions={
        <>
          {goOn}
          {onRetry && (
            <Button isSmall icon="retry" onClick={onRetry}>
              {t.chat.retry}
            </Button>
          )}
          <ReportProblem problem={problem} />
        </>
      }
    >
      {note.text}
    </Alert>
  );
}

/** What broke off in the middle of its text can be gone on with. */
const canGoOn = ({ status, stop_reason: reason, content }: Message): boolean =>
  (status === "stopped" || status === "interrupted" || (status === "complete" && reason === "max_tokens")) &&
  plainText(content).trim() !== "";

function noteOf(t: Messages, message: Message): { text: string; isFailure: boolean } | null {
  switch (message.status) {
    case "failed":
      return {
        text: message.error ? answerErrorText(t, message.error) : t.errors.answer.internal,
        isFailure: true,
      };
    case "interrupted":
      return { text: message.error ? answerErrorText(t, message.error) : t.chat.status.interrupted, isFailure: true };
    case "stopped":
    case "superseded":
      return { text: t.chat.status[message.status], isFailure: false };
    case "complete":
      return noteOfStopReason(t, message.stop_reason);
    case "queued":
    case "streaming":
      return null;
    default:
      return message.status satisfies never;
  }
}

function noteOfStopReason(t: Messages, stopReason: string | null): { text: string; isFailure: boolean } | null {
  switch (stopReason) {
    case "max_tokens":
      return { text: t.chat.status.maxTokens, isFailure: false };
    case "refusal":
      return { text: t.chat.status.refusal, isFailure: false };
    case "model_context_window_exceeded":
      return { text: t.chat.status.context, isFailure: false };
    default:
      return null;
  }
}
