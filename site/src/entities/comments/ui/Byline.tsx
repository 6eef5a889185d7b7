import { useState } from "react";

import { useLanguage } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { formatAgo, formatTime } from "@/lib/format";

/** A person's name, which turns the direction of nothing around it. */
export const Name = ({ children }: { children: string }) => <bdi className="font-medium wrap-anywhere">{children}</bdi>;

export function Badge({ tone = "quiet", children }: { tone?: "quiet" | "accent" | "notice" | "danger"; children: string }) {
  const tones = {
    quiet: "bg-hover text-muted",
    accent: "bg-accent-soft text-accent",
    notice: "bg-notice-soft text-notice",
    danger: "bg-danger-soft text-danger",
  };
  return <span className={`inline-block rounded-md px-1.5 text-xs leading-5 font-medium whitespace-nowrap ${tones[tone]}`}>{children}</span>;
}

/** How long ago, with the time itself for whoever points at it. */
export function Ago({ time }: { time: string }) {
  const language = useLanguage();
  const [now] = useState(() => Date.now());
  return (
    <time dateTime={time} title={formatTime(language, time)} className="whitespace-nowrap">
      {formatAgo(language, time, now)}
    </time>
  );
}

interface BylineProps {
  author: { name: string; is_owner: boolean };
  isMine?: boolean;
  timestamp: string;
  editedAt: string | null;
}

export function Byline({ author, isMine, timestamp, editedAt }: BylineProps) {
  const texts = useCommentTexts();
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-muted">
      <span className="text-ink">
        <Name>{author.name}</Name>
      </span>
      {author.is_owner && <Badge tone="accent">{texts.owner}</Badge>}
      {isMine && <Badge>{texts.you}</Badge>}
      <Ago time={timestamp} />
      {editedAt !== null && <span>{texts.edited}</span>}
    </p>
  );
}
