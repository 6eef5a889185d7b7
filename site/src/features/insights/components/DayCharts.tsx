import { useMemo } from "react";

import type { CountedDay } from "@/api/types";
import { Chart, type Line } from "@/entities/charts/Chart";
import { useLanguage } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { formatCount, formatUsd } from "@/lib/format";

import { formatDay, formatSeconds } from "../format";

interface Drawn {
  title: string;
  lines: Line[];
  format: (value: number) => string;
}

/** Day by day. Kept while nothing changes: each is drawn anew otherwise. */
export function DayCharts({ days }: { days: readonly CountedDay[] }) {
  const texts = useInsightsTexts();
  const language = useLanguage();
  const names = useMemo(() => days.map(({ day }) => day), [days]);
  const charts = useMemo((): Drawn[] => {
    const count = (number: number): string => formatCount(language, number);
    const line = (label: string, tone: Line["tone"], value: (day: CountedDay) => number | null): Line => ({ label, tone, values: days.map(value) });
    return [
      {
        title: texts.charts.use,
        lines: [line(texts.visits, "accent", ({ visits }) => visits), line(texts.questions, "notice", ({ questions }) => questions)],
        format: count,
      },
      {
        title: texts.charts.sources,
        lines: [line(texts.answers, "accent", ({ answers }) => answers), line(texts.unsourced, "danger", ({ unsourced }) => unsourced)],
        format: count,
      },
      {
        title: texts.charts.cost,
        lines: [line(texts.cost, "accent", ({ cost_usd: cost }) => cost)],
        format: (amount) => formatUsd(language, amount),
      },
      {
        title: texts.charts.firstWord,
        lines: [
          line(texts.firstWordHalf, "accent", ({ first_word: first }) => first?.p50_ms ?? null),
          line(texts.firstWordP95, "notice", ({ first_word: first }) => first?.p95_ms ?? null),
        ],
        format: (ms) => formatSeconds(language, ms),
      },
    ];
  }, [days, texts, language]);
  const words = useMemo(
    () => ({ table: texts.charts.table, at: texts.charts.day, none: texts.none, formatAt: (time: string) => formatDay(language, time.slice(0, 10)), zone: "Etc/UTC" }),
    [texts, language],
  );
  return (
    <div className="grid items-start gap-4 wide:grid-cols-2">
      {charts.map((chart) => (
        <Chart key={chart.title} times={names} words={words} {...chart} />
      ))}
    </div>
  );
}
