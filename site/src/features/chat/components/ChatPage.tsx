/** A conversation, or the start of one: messages, and the composer below them. Stays mounted from one to the next. */
import { useEffect, type ReactNode } from "react";
import { useLocation } from "wouter";

import { useT, type Messages } from "@/i18n";
import { isGone } from "@/entities/conversations/list";
import { useFileDrop } from "@/entities/files/dropped";
import { DropOverlay } from "@/entities/files/ui/DropOverlay";
import { cx } from "@/lib/classNames";
import { DOT } from "@/lib/format";
import { isOfInputMethod } from "@/lib/inputMethod";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";
import { PageHeader } from "@/ui/PageHeader";

import { useChat } from "../context";
import { useAutoscroll } from "../useAutoscroll";
import { useChatActions, type ChatActions } from "../useChatActions";
import { useDraftFiles } from "../useDraftFiles";
import { usePrinting } from "../usePrinting";
import { useThread, type Thread } from "../useThread";
import { Composer } from "./Composer";
import { Starters } from "./Starters";
import { isEmpty, ThreadContent } from "./ThreadContent";

interface ChatPageProps {
  conversationId: string | null;
  openList: ReactNode;
  /** At the end of the header. */
  tools: ReactNode;
}

export function ChatPage({ conversationId, openList, tools }: ChatPageProps) {
  const t = useT();
  const thread = useThread(conversationId);
  const { scroller, content, onScroll, isAway, toEnd } = useAutoscroll({
    threadKey: conversationId ?? "",
    firstKey: thread.entries[0]?.message.message_id ?? "",
    isGrowing: thread.isPending || thread.inProgressId !== null || thread.unsent !== null,
  });
  const actions = atEnd(useChatActions(conversationId, thread), toEnd);
  const files = useDraftFiles(conversationId);
  const hasComposer = !isGone(thread.error);
  const isDropping = useFileDrop(hasComposer ? files.attach : ignore) && hasComposer;
  useOpenCreated(conversationId);
  useEscape(thread.inProgressId === null ? null : actions.stop);
  usePrinting(conversationId, thread.loadAll);
  const isNew = isEmpty(conversationId, thread);
  const title = titleOf(t, conversationId, thread);
  useEffect(() => {
    document.title = conversationId === null ? t.app.name : `${title}${DOT}${t.app.name}`;
  }, [conversationId, title, t]);
  return (
    <main className={cx("relative flex min-w-0 flex-1 flex-col", isNew && "overflow-y-auto")} aria-label={t.chat.conversation}>
      <PageHeader openList={openList} title={isNew || !hasComposer ? null : title}>
        {tools}
      </PageHeader>
      {isNew && <div className="flex-2" />}
      <div className={cx("relative", isNew ? "shrink-0" : "min-h-0 flex-1")}>
        {!isNew && (
          <div className="pointer-events-none absolute inset-x-0 top-0 z-10 h-4 bg-linear-to-b from-paper to-transparent print:hidden" aria-hidden="true" />
        )}
        <div
          ref={scroller}
          className={cx("[overflow-anchor:none]", !isNew && "h-full overflow-y-auto")}
          onScroll={onScroll}
          // Scrolled by the keyboard too.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={isNew ? undefined : 0}
          role="region"
          aria-label={t.chat.conversation}
        >
          <div ref={content} className="mx-auto flex min-h-full w-full max-w-[47rem] flex-col px-4 pt-2 pb-8 wide:px-6">
            <ThreadContent conversationId={conversationId} thread={thread} actions={actions} />
          </div>
        </div>
        {isAway && (
          <Button
            icon="arrowDown"
            isSmall
            className="animate-rise absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full! shadow-float print:hidden"
            onClick={toEnd}
          >
            {t.chat.jumpToLatest}
          </Button>
        )}
      </div>
      {hasComposer && (
        <Composer
          conversationId={conversationId}
          thread={thread}
          files={files}
          onSend={actions.send}
          onStop={actions.stop}
          isStopping={actions.isStopping}
        />
      )}
      {isNew && <Starters />}
      {isNew && <div className="flex-3" />}
      {isDropping && <DropOverlay text={t.files.dropHere} />}
    </main>
  );
}

const ignore = (): void => undefined;

/** Of what is not known yet, or not to be had, what it is. */
function titleOf(t: Messages, conversationId: string | null, { title, conversation, error }: Thread): string {
  if (isGone(error)) return t.chat.goneTitle;
  return title ?? (conversationId === null || conversation ? t.list.untitled : t.chat.conversation);
}

/** What is sent, edited or retried goes on at the end, wherever the reader was. */
function atEnd(actions: ChatActions, toEnd: () => void): ChatActions {
  return {
    ...actions,
    send: (text, files) => {
      toEnd();
      return actions.send(text, files);
    },
    edit: (message, text, files) => {
      toEnd();
      return actions.edit(message, text, files);
    },
    goOn: (message) => {
      toEnd();
      actions.goOn(message);
    },
    retry: (message) => {
      toEnd();
      actions.retry(message);
    },
  };
}

/** A conversation that was just begun here takes the page over. */
function useOpenCreated(conversationId: string | null): void {
  const chat = useChat();
  const [, navigate] = useLocation();
  useEffect(
    () =>
      chat.onSent((unsent, createdId) => {
        if (unsent.conversation_id === null && conversationId === null) navigate(routes.conversation(createdId));
      }),
    [chat, conversationId, navigate],
  );
}

/** Escape stops the answer, wherever the focus is; menus and drawers take the key first. */
function useEscape(stop: (() => void) | null): void {
  useEffect(() => {
    if (!stop) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !isOfInputMethod(event)) stop();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [stop]);
}
