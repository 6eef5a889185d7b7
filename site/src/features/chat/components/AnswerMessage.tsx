import { memo, useEffect, useMemo, useRef, useState, type RefObject } from "react";

import type { Message } from "@/api/types";
import { answerErrorText } from "@/entities/errors/errorText";
import { t as texts, useT, type Messages } from "@/i18n";
import { announce } from "@/lib/announcer";
import { IconButton } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";

import { isInProgress } from "@/entities/answers/answerReducer";
import { MarkersContext } from "../citations/context";
import { copyText } from "../citations/copyText";
import type { AnswerPart, CitedAnswer } from "../citations/parts";
import { SourceList } from "../citations/SourceList";
import { StableCited } from "../citations/stableCited";
import { ToolStep } from "../citations/ToolStep";
import { useAnswerState } from "../context";
import { liveMessage } from "@/entities/answers/liveMessage";
import { Markdown } from "../markdown/Markdown";
import { spokenText } from "../spoken";
import { AnswerFigures } from "./AnswerFigures";
import { AnswerStatusLine } from "./AnswerStatusLine";
import { Thinking } from "./Thinking";
import { Versions, type VersionsProps } from "./Versions";
import { Waiting } from "./Waiting";
import { WaitingFor } from "./WaitingFor";

interface AnswerMessageProps {
  message: Message;
  versions: VersionsProps | null;
  canRetry: boolean;
  /** Its prompt began later than the one before it. */
  readsLess?: boolean;
  onRetry: (message: Message) => void;
  onContinue: (message: Message) => void;
}

/** What has its Retry in its own message. */
const isFailure = ({ status }: Message): boolean => status === "failed" || status === "interrupted";

export function AnswerMessage({ message, versions, canRetry, readsLess = false, onRetry, onContinue }: AnswerMessageProps) {
  const t = useT();
  const state = useAnswerState(message.message_id);
  const live = useMemo(() => liveMessage(message, state), [message, state]);
  const isGrowing = isInProgress(live.status);
  const [citing] = useState(() => new StableCited());
  const cited = useMemo(() => citing.read(live.content), [citing, live.content]);
  const article = useRef<HTMLElement>(null);
  useAnnouncedEnd(article, isGrowing, live);
  return (
    <article ref={article} aria-label={t.chat.claudeAnswer} aria-busy={isGrowing} className="answer group min-w-0 space-y-3">
      <MarkersContext value={cited.markers}>
        <AnswerContent parts={cited.parts} isGrowing={isGrowing} />
      </MarkersContext>
      {isGrowing && isSilent(cited.parts) && <Waiting label={t.chat.waiting} />}
      {isGrowing && state.waiting && <WaitingFor code={state.waiting.code} until={state.waiting.until} />}
      {!isGrowing && (
        <>
          <SourceList sources={cited.sources} />
          <AnswerStatusLine
            message={live}
            onRetry={canRetry ? () => onRetry(message) : null}
            onContinue={canRetry ? () => onContinue(message) : null}
          />
          {readsLess && <p className="text-sm text-muted">{t.chat.readsLess}</p>}
          <footer className="-ml-1.5 flex min-h-8 flex-wrap items-center gap-x-0.5 text-muted print:hidden">
            <CopyAnswer cited={cited} />
            {canRetry && !isFailure(live) && <IconButton icon="retry" size="small" label={t.chat.retry} onClick={() => onRetry(message)} />}
            {versions && <Versions {...versions} />}
            <AnswerFigures message={live} />
          </footer>
        </>
      )}
    </article>
  );
}

/** Whether nothing that is shown says that Claude is at work: no text yet, and no tool that runs. */
const isSilent = (parts: readonly AnswerPart[]): boolean =>
  parts.at(-1)?.type !== "tool_use" && !parts.some((part) => part.type === "text" && part.text !== "");

const AnswerContent = memo(function AnswerContent({ parts, isGrowing }: { parts: readonly AnswerPart[]; isGrowing: boolean }) {
  // Tools may run side by side: the last ones are at work until something follows them.
  const workingFrom = parts.findLastIndex((part) => part.type !== "tool_use") + 1;
  return parts.map((part, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <AnswerPartView key={index} part={part} isOpen={isGrowing && (index === parts.length - 1 || index >= workingFrom)} />
  ));
});

function AnswerPartView({ part, isOpen }: { part: AnswerPart; isOpen: boolean }) {
  switch (part.type) {
    case "text":
      return <Markdown text={part.text} isGrowing={isOpen} />;
    case "thinking":
      return <Thinking text={part.thinking} isGrowing={isOpen} />;
    case "tool_use":
      return <ToolStep block={part} isRunning={isOpen} />;
    default:
      return part satisfies never;
  }
}

function CopyAnswer({ cited }: { cited: CitedAnswer }) {
  const t = useT();
  const text = useMemo(() => copyText(t, cited), [t, cited]);
  return text === "" ? null : <CopyButton text={text} label={t.chat.copyAnswer} />;
}

/** Says once that the answer has come, with its beginning, or what happened instead; never token by token. */
function useAnnouncedEnd(article: RefObject<HTMLElement | null>, isGrowing: boolean, live: Message): void {
  const wasGrowing = useRef(isGrowing);
  useEffect(() => {
    if (wasGrowing.current && !isGrowing) announce(endText(texts(), article.current, live));
    wasGrowing.current = isGrowing;
  }, [article, isGrowing, live]);
}

function endText(t: Messages, article: HTMLElement | null, { status, error }: Message): string {
  if (status === "stopped") return t.chat.answerStopped;
  if (status !== "complete" && error) return `${t.chat.answerFailed} ${answerErrorText(t, error)}`;
  if (status === "failed" || status === "interrupted") return `${t.chat.answerFailed} ${t.chat.status.interrupted}`;
  return `${t.chat.answered} ${article ? spokenText(t, article) : ""}`.trim();
}
