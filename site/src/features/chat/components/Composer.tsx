/** Where a message is written. Text and files are a draft, kept for each conversation until it is sent. */
import { useEffect, useId } from "react";

import { useT, type Messages } from "@/i18n";
import { COMPOSER_ID, focusComposer } from "@/lib/focusComposer";
import { DOT } from "@/lib/format";
import { useStore } from "@/lib/store";
import { AttachmentChip } from "@/entities/files/ui/AttachmentChip";
import { Button, IconButton } from "@/ui/Button";
import { FilePicker } from "@/entities/files/ui/FilePicker";

import { useChat } from "../context";
import { outboxKey } from "@/session/outbox";
import type { DraftFiles } from "../useDraftFiles";
import { useTooLong } from "../textSize";
import type { Thread } from "../useThread";
import { ComposerNotices } from "./ComposerNotices";
import { GrowingTextarea } from "./GrowingTextarea";
import { ModelMenu } from "./ModelMenu";

interface ComposerProps {
  conversationId: string | null;
  thread: Thread;
  files: DraftFiles;
  /** False: not taken, and text and files stay. */
  onSend: (text: string, files: readonly string[]) => boolean;
  onStop: () => void;
  isStopping: boolean;
}

export function Composer({ conversationId, thread, files, onSend, onStop, isStopping }: ComposerProps) {
  const t = useT();
  const hintId = useId();
  const whyId = useId();
  const { drafts, waker } = useChat();
  const draft = drafts.of(outboxKey(conversationId));
  const text = useStore(draft);
  const isAnswering = thread.inProgressId !== null;
  const tooLong = useTooLong(text.trim());
  const canSend = text.trim() !== "" && tooLong === null && !thread.unsent && files.readiness !== "failed";
  // What cannot be seen elsewhere: a text that is too long and a file that failed say so above.
  const isHeldUp = text.trim() !== "" && thread.unsent !== null;
  useEffect(() => {
    focusComposer();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- Each conversation begins with the focus here.
  }, [conversationId]);
  const send = (): void => {
    if (!canSend || !onSend(text.trim(), files.keys)) return;
    draft.set("");
    // First the text, then its files: another tab that has both loses both.
    drafts.flush();
    files.clear();
    focusComposer();
  };
  const stop = (): void => {
    onStop();
    focusComposer();
  };
  return (
    <div className="mx-auto w-full max-w-[47rem] shrink-0 space-y-2 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] wide:px-6 print:hidden">
      <ComposerNotices
        conversationId={conversationId}
        tooLong={tooLong}
        modelNote={thread.conversation?.model_note ?? null}
        keptUntil={thread.conversation?.kept_until ?? null}
        files={files}
      />
      <form
        className="rounded-3xl border border-line bg-raised p-2.5 shadow-composer transition-colors focus-within:border-line-strong"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <ComposerFiles files={files} />
        <GrowingTextarea
          id={COMPOSER_ID}
          label={t.chat.messageBox}
          placeholder={conversationId === null ? t.chat.placeholder : t.chat.placeholderReply}
          describedBy={hintId}
          value={text}
          onChange={(next) => {
            waker.typed();
            draft.set(next);
          }}
          onSubmit={send}
          onPaste={files.onPaste}
        />
        <div className="mt-1.5 flex items-center gap-2">
          <FilePicker label={t.files.attach} onFiles={(chosen) => files.attach({ files: chosen, refused: [] })} />
          <ModelMenu conversation={thread.conversation} isNew={conversationId === null} />
          <span className="flex-1" />
          {isAnswering && (
            <Button icon="stop" isSmall className="rounded-full! px-3.5!" disabled={isStopping} onClick={stop}>
              {isStopping ? t.chat.stopping : t.chat.stop}
            </Button>
          )}
          {(!isAnswering || text.trim() !== "") && (
            <IconButton
              type="submit"
              icon="arrowUp"
              variant="primary"
              label={isAnswering ? t.chat.sendAfter : t.chat.send}
              className="rounded-full!"
              disabled={!canSend}
              aria-describedby={canSend ? undefined : whyId}
              {...(isHeldUp ? { title: t.chat.sendBlocked } : {})}
            />
          )}
        </div>
      </form>
      {isHeldUp ? (
        <p id={whyId} className="text-center text-xs text-muted">
          {t.chat.sendBlocked}
        </p>
      ) : (
        !canSend && (
          <span id={whyId} className="sr-only">
            {offText(t, { isLong: tooLong !== null, hasFailed: files.readiness === "failed" })}
          </span>
        )
      )}
      <p id={hintId} className="hidden text-center text-xs text-muted wide:block">
        {t.chat.composerHint}
        {isAnswering && `${DOT}${t.chat.stopHint}`}
      </p>
    </div>
  );
}

/** Why nothing can be sent now, for who cannot see that the button is grey. */
function offText(t: Messages, { isLong, hasFailed }: Record<"isLong" | "hasFailed", boolean>): string {
  if (hasFailed) return t.files.oneFailed;
  return isLong ? t.chat.sendOff.long : t.chat.sendOff.empty;
}

/** The files above the text, and what they mean for sending it. */
function ComposerFiles({ files }: { files: DraftFiles }) {
  const t = useT();
  if (files.keys.length === 0) return null;
  return (
    <div className="mb-2 space-y-1.5">
      <ul aria-label={t.files.attached} className="flex max-h-[30dvh] flex-wrap gap-2 overflow-y-auto">
        {files.keys.map((key) => (
          <AttachmentChip key={key} attachmentKey={key} onRemove={() => files.remove(key)} />
        ))}
      </ul>
      {files.readiness !== "ready" && (
        <p className="px-1.5 text-xs text-muted">{files.readiness === "failed" ? t.files.oneFailed : t.files.sendWaits}</p>
      )}
    </div>
  );
}
