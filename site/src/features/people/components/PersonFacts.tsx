/** What is said of a person, in a table's cells and on a phone's cards alike. */
import type { Person } from "@/api/types";
import { Ago } from "@/entities/comments/ui/Byline";
import { useLanguage } from "@/i18n";
import { usePeopleTexts } from "@/i18n/people";
import { cx } from "@/lib/classNames";
import { formatBytes, formatUsd } from "@/lib/format";
import { ProgressBar } from "@/ui/ProgressBar";

import { groupOf } from "../api/people";

export function Who({ person }: { person: Person }) {
  const texts = usePeopleTexts();
  const group = groupOf(person);
  return (
    <div className="min-w-0 space-y-1">
      <p className={cx("font-medium wrap-anywhere", person.status === "disabled" && "text-muted line-through")}>
        <bdi>{person.email}</bdi>
      </p>
      <p className="flex flex-wrap items-center gap-1.5 text-sm text-muted">
        {person.is_me && <Tag>{texts.me}</Tag>}
        <Tag isStrong={group === "owners"}>{texts.groups[group ?? "none"]}</Tag>
        {person.status !== "active" && <Tag isNotice>{texts.status[person.status]}</Tag>}
        {person.comments_banned_at !== null && <Tag isNotice>{texts.banned}</Tag>}
        {person.display_name && <bdi className="wrap-anywhere">{person.display_name}</bdi>}
      </p>
    </div>
  );
}

function Tag({ isStrong, isNotice, children }: { isStrong?: boolean; isNotice?: boolean; children: string }) {
  const tone = isStrong ? "bg-accent-soft text-accent" : isNotice ? "bg-notice-soft text-notice" : "bg-hover text-muted";
  return <span className={`rounded-md px-1.5 text-xs leading-5 font-medium whitespace-nowrap ${tone}`}>{children}</span>;
}

export function LastUse({ person }: { person: Person }) {
  const texts = usePeopleTexts();
  return person.last_used_at === null ? texts.neverUsed : <Ago time={person.last_used_at} />;
}

export function Spent({ person }: { person: Person }) {
  const texts = usePeopleTexts();
  const language = useLanguage();
  const of = texts.of(formatUsd(language, person.spent_usd), formatUsd(language, person.budget_usd));
  return (
    <div className="space-y-1.5">
      <p>
        {of}
        {person.own_budget_usd !== null && <span className="block text-xs text-muted">{texts.ownBudget}</span>}
      </p>
      <ProgressBar label={texts.spentOf(person.email)} value={share(person.spent_usd, person.budget_usd)} />
    </div>
  );
}

export function Storage({ person }: { person: Person }) {
  const texts = usePeopleTexts();
  const language = useLanguage();
  return (
    <div className="space-y-1.5">
      <p>{texts.of(formatBytes(language, person.storage_bytes), formatBytes(language, person.storage_quota_bytes))}</p>
      <ProgressBar label={texts.storageOf(person.email)} value={share(person.storage_bytes, person.storage_quota_bytes)} />
    </div>
  );
}

const share = (used: number, limit: number): number => (limit > 0 ? used / limit : 1);
