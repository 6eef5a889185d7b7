import { memo, useEffect, useRef } from "react";

import type { ContentBlock, Message } from "@/api/types";
import { t as texts, useLanguage, useT } from "@/i18n";
import { announce } from "@/lib/announcer";
import { formatCount, formatUsd } from "@/lib/format";
import { IconButton } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";

import { isInProgress } from "../answerReducer";
import { useModels } from "../api/messages";
import { useAnswerState } from "../context";
import { liveMessage, textOf } from "../liveMessage";
import { Markdown } from "../markdown/Markdown";
import { AnswerStatusLine } from "./AnswerStatusLine";
import { Thinking } from "./Thinking";
import { Versions, type VersionsProps } from "./Versions";
import { Waiting } from "./Waiting";

interface AnswerMessageProps {
  message: Message;
  versions: VersionsProps | null;
  canRetry: boolean;
  onRetry: (message: Message) => void;
}

/** What has its Retry in its own message. */
const isFailure = ({ status }: Message): boolean => status === "failed" || status === "interrupted";

/** Long enough to know what the answer says; a screen reader's reader goes to the answer for the rest. */
const ANNOUNCED_CHARACTERS = 600;

export function AnswerMessage({ message, versions, canRetry, onRetry }: AnswerMessageProps) {
  const t = useT();
  const state = useAnswerState(message.message_id);
  const live = liveMessage(message, state);
  const isGrowing = isInProgress(live.status);
  const text = textOf(live.content);
  useAnnouncedEnd(isGrowing, text);
  return (
    <article aria-label={t.chat.claudeAnswer} aria-busy={isGrowing} className="group min-w-0 space-y-3">
      <AnswerContent content={live.content} isGrowing={isGrowing} />
      {isGrowing && state.tool !== null && <p className="text-sm text-muted">{t.chat.tool(state.tool)}</p>}
      {isGrowing && text === "" && <Waiting label={t.chat.waiting} />}
      {!isGrowing && (
        <>
          <AnswerStatusLine message={live} onRetry={canRetry ? () => onRetry(message) : null} />
          <footer className="-ml-1.5 flex min-h-8 flex-wrap items-center gap-x-0.5 text-muted">
            {text !== "" && <CopyButton text={text} label={t.chat.copyAnswer} />}
            {canRetry && !isFailure(live) && <IconButton icon="retry" size="small" label={t.chat.retry} onClick={() => onRetry(message)} />}
            {versions && <Versions {...versions} />}
            <AnswerFigures message={live} />
          </footer>
        </>
      )}
    </article>
  );
}

/** Text blocks in a row are one text: citations cut sentences into blocks. */
const AnswerContent = memo(function AnswerContent({ content, isGrowing }: { content: ContentBlock[]; isGrowing: boolean }) {
  const parts = joined(content);
  return parts.map((part, index) => {
    const isOpen = isGrowing && index === parts.length - 1;
    if (part.type === "tool_use") return null;
    return part.type === "thinking" ? (
      // oxlint-disable-next-line react/no-array-index-key
      <Thinking key={index} text={part.thinking} isGrowing={isOpen} />
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <Markdown key={index} text={part.text} isGrowing={isOpen} />
    );
  });
});

function joined(content: readonly ContentBlock[]): ContentBlock[] {
  const parts: ContentBlock[] = [];
  for (const block of content) {
    const last = parts.at(-1);
    if (block.type === "text" && last?.type === "text") {
      parts[parts.length - 1] = { type: "text", text: last.text + block.text };
    } else if (block.type !== "thinking" || block.thinking) {
      parts.push(block);
    }
  }
  return parts;
}

function AnswerFigures({ message }: { message: Message }) {
  const t = useT();
  const language = useLanguage();
  const models = useModels().data ?? [];
  const { model, usage } = message;
  const name = models.find((offer) => offer.id === model)?.name ?? model;
  const input = usage && usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;
  return (
    <span className="ml-1.5 text-xs tabular-nums">
      {name}
      {usage && input !== null && (
        <span title={t.chat.usage(formatCount(language, input), formatCount(language, usage.output_tokens))}>
          {` · ${t.chat.usage(formatCount(language, input), formatCount(language, usage.output_tokens))} · ${formatUsd(language, usage.cost_usd)}`}
        </span>
      )}
    </span>
  );
}

/** Says once that the answer has come, with its beginning; never token by token. */
function useAnnouncedEnd(isGrowing: boolean, text: string): void {
  const wasGrowing = useRef(isGrowing);
  useEffect(() => {
    if (wasGrowing.current && !isGrowing) announce(`${texts().chat.answered} ${text.slice(0, ANNOUNCED_CHARACTERS)}`);
    wasGrowing.current = isGrowing;
  }, [isGrowing, text]);
}
