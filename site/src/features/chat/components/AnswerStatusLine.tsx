import type { Message } from "@/api/types";
import { useT, type Messages } from "@/i18n";
import { answerErrorText } from "@/entities/errors/errorText";
import { ReportProblem } from "@/entities/errors/ReportProblem";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** How an answer ended, when there is something to say about it. */
export function AnswerStatusLine({ message, onRetry }: { message: Message; onRetry: (() => void) | null }) {
  const t = useT();
  const note = noteOf(t, message);
  if (!note) return null;
  if (!note.isFailure) return <p className="text-sm text-muted">{note.text}</p>;
  const retry = onRetry && (
    <Button isSmall icon="retry" onClick={onRetry}>
      {t.chat.retry}
    </Button>
  );
  const problem = { code: message.error?.code ?? message.status, messageId: message.message_id };
  return (
    <Alert
      actions={
        <>
          {retry}
          <ReportProblem problem={problem} />
        </>
      }
    >
      {note.text}
    </Alert>
  );
}

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
