/** Where a message is written. The text is a draft, kept for each conversation until it is sent. */
import { useEffect, useId, useSyncExternalStore } from "react";

import { useLanguage, useT } from "@/i18n";
import { COMPOSER_ID, focusComposer } from "@/lib/focusComposer";
import { formatCount } from "@/lib/format";
import { useStore } from "@/lib/store";
import { Alert } from "@/ui/Alert";
import { Button, IconButton } from "@/ui/Button";

import { useChat } from "../context";
import { outboxKey } from "../outbox";
import type { Thread } from "../useThread";
import { GrowingTextarea } from "./GrowingTextarea";
import { ModelMenu } from "./ModelMenu";

/** The API's limit for one message. */
const MAX_TEXT_CHARACTERS = 100_000;

interface ComposerProps {
  conversationId: string | null;
  thread: Thread;
  /** False: not taken, and the text stays. */
  onSend: (text: string) => boolean;
  onStop: () => void;
  isStopping: boolean;
}

export function Composer({ conversationId, thread, onSend, onStop, isStopping }: ComposerProps) {
  const t = useT();
  const hintId = useId();
  const { drafts } = useChat();
  const draft = drafts.of(outboxKey(conversationId));
  const text = useStore(draft);
  const isAnswering = thread.inProgressId !== null;
  const isTooLong = countCharacters(text) > MAX_TEXT_CHARACTERS;
  const canSend = text.trim() !== "" && !isTooLong && !thread.unsent;
  useEffect(() => {
    focusComposer();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- Each conversation begins with the focus here.
  }, [conversationId]);
  const send = (): void => {
    if (!canSend || !onSend(text.trim())) return;
    draft.set("");
    drafts.flush();
    focusComposer();
  };
  const stop = (): void => {
    onStop();
    focusComposer();
  };
  return (
    <div className="mx-auto w-full max-w-[47rem] shrink-0 space-y-2 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] wide:px-6">
      <Notices text={text} isTooLong={isTooLong} modelNote={thread.conversation?.model_note ?? null} />
      <form
        className="rounded-3xl border border-line bg-raised p-2.5 shadow-composer transition-colors focus-within:border-line-strong"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <GrowingTextarea
          id={COMPOSER_ID}
          label={t.chat.messageBox}
          placeholder={thread.entries.length > 0 ? t.chat.placeholderReply : t.chat.placeholder}
          describedBy={hintId}
          value={text}
          onChange={(next) => draft.set(next)}
          onSubmit={send}
        />
        <div className="mt-1.5 flex items-center gap-2">
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
            />
          )}
        </div>
      </form>
      <p id={hintId} className="hidden text-center text-xs text-muted wide:block">
        {t.chat.composerHint}
        {isAnswering && ` · ${t.chat.stopHint}`}
      </p>
    </div>
  );
}

function Notices({ text, isTooLong, modelNote }: { text: string; isTooLong: boolean; modelNote: string | null }) {
  const t = useT();
  const language = useLanguage();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return (
    <>
      {!isOnline && <Alert tone="notice">{t.chat.offline}</Alert>}
      {modelNote && <Alert tone="notice">{modelNote}</Alert>}
      {isTooLong && <Alert>{t.chat.tooLong(formatCount(language, countCharacters(text) - MAX_TEXT_CHARACTERS))}</Alert>}
    </>
  );
}

/** Characters as the API counts them: code points. Short texts need no exact count. */
const countCharacters = (text: string): number => (text.length <= MAX_TEXT_CHARACTERS ? text.length : [...text].length);

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
