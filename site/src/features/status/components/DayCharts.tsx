import { useMemo } from "react";

import type { StageStatus } from "@/api/types";
import { Chart, type Line } from "@/entities/charts/Chart";
import { useLanguage } from "@/i18n";
import { useStatusTexts } from "@/i18n/status";
import { formatCount, formatUsd } from "@/lib/format";

interface Drawn {
  title: string;
  lines: Line[];
  format: (value: number) => string;
}

/** Hour by hour. Kept while nothing changes: each is drawn anew otherwise. */
export function DayCharts({ day }: { day: NonNullable<StageStatus["day"]> }) {
  const texts = useStatusTexts();
  const { charts } = texts;
  const language = useLanguage();
  const drawn = useMemo((): Drawn[] => {
    const { lines } = day;
    const count = (value: number): string => formatCount(language, value);
    const time = new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
    const line = (label: string, tone: Line["tone"], values: Line["values"]): Line => ({ label, tone, values });
    return [
      { title: charts.turns, lines: [line(charts.answers, "accent", lines.turns), line(charts.failed, "danger", lines.model_failures)], format: count },
      {
        title: charts.firstWord,
        lines: [line(charts.half, "accent", lines.first_word_p50_ms), line(charts.most, "notice", lines.first_word_p95_ms)],
        format: (ms) => time.format(ms / 1_000),
      },
      { title: charts.requests, lines: [line(charts.all, "accent", lines.requests), line(charts.errors, "danger", lines.server_errors)], format: count },
      { title: charts.spend, lines: [line(charts.spend, "accent", lines.spend_today_usd)], format: (usd) => formatUsd(language, usd) },
    ];
  }, [day, charts, language]);
  const words = useMemo(() => {
    const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    return { table: charts.table, at: charts.hour, none: texts.none, formatAt: (time: string) => hour.format(new Date(time)) };
  }, [charts, texts, language]);
  return (
    <div className="grid items-start gap-4 wide:grid-cols-2">
      {drawn.map((chart) => (
        <Chart key={chart.title} times={day.hours} words={words} {...chart} />
      ))}
    </div>
  );
}
