/** What visits are made up of, the most first: their languages, and the sites that they came from. */
import { useId } from "react";

import { useLanguage } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { formatCount } from "@/lib/format";

import { languageName } from "../format";

type Counts = Readonly<Record<string, number>>;

const MOST_SHOWN = 10;
const OTHER = "other";

export function Languages({ counts }: { counts: Counts }) {
  const texts = useInsightsTexts();
  const language = useLanguage();
  return <Shares title={texts.languages} empty={texts.none} counts={counts} nameOf={(tag) => (tag === OTHER ? texts.other : languageName(language, tag))} />;
}

export function Hosts({ counts }: { counts: Counts }) {
  const texts = useInsightsTexts();
  return <Shares title={texts.hosts} empty={texts.hostsEmpty} counts={counts} nameOf={(host) => (host === OTHER ? texts.other : host)} />;
}

function Shares({ title, empty, counts, nameOf }: { title: string; empty: string; counts: Counts; nameOf: (key: string) => string }) {
  const id = useId();
  const language = useLanguage();
  const shown = firstOf(counts);
  const most = Math.max(...shown.map(([, count]) => count));
  return (
    <section aria-labelledby={id} className="min-w-0 space-y-3 rounded-xl border border-line bg-raised p-3.5">
      <h2 id={id} className="text-[0.9375rem] font-medium">
        {title}
      </h2>
      {shown.length === 0 && <p className="text-sm text-muted">{empty}</p>}
      <ul className="space-y-2">
        {shown.map(([key, count]) => (
          <li key={key} className="space-y-1 text-sm">
            <div className="flex gap-3">
              <span className="min-w-0 flex-1 wrap-anywhere">{nameOf(key)}</span>
              <span className="tabular-nums">{formatCount(language, count)}</span>
            </div>
            <div className="h-1 rounded-full bg-hover" aria-hidden="true">
              <div className="h-full rounded-full bg-accent" style={{ width: `${(100 * count) / most}%` }} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The largest, and what is beyond them as "other". */
export function firstOf(counts: Counts): [string, number][] {
  const named = Object.entries(counts)
    .filter(([key]) => key !== OTHER)
    .toSorted(([one, many], [other, fewer]) => fewer - many || one.localeCompare(other));
  const rest = named.slice(MOST_SHOWN).reduce((sum, [, count]) => sum + count, counts[OTHER] ?? 0);
  return [...named.slice(0, MOST_SHOWN), ...(rest > 0 ? [[OTHER, rest] as [string, number]] : [])];
}
