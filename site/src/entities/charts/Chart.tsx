/**
 * Lines by time, drawn by uPlot (22 KB gzipped, no dependencies, the smallest kept one of its kind), with the same
 * numbers as a table: for screen readers, and for whoever reads numbers rather than lines.
 */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { FINE_POINTER, useMediaQuery } from "@/lib/mediaQuery";

export interface Line {
  label: string;
  tone: "accent" | "notice" | "danger" | "muted";
  values: readonly (number | null)[];
}

/** What stands beside the numbers, in the reader's language. Keep it while nothing changes: the chart is drawn anew otherwise. */
export interface Words {
  table: string;
  /** Of the column of times. */
  at: string;
  none: string;
  /** A time of `times`, or one between them as ISO writes it in full. */
  formatAt: (time: string) => string;
  /** Of which the times are; the reader's own by default. */
  zone?: string;
}

interface ChartProps {
  title: string;
  /** As ISO writes days, or moments. */
  times: readonly string[];
  lines: readonly Line[];
  words: Words;
  format: (value: number) => string;
}

const HEIGHT = 180;
const TONES = { accent: "text-accent", notice: "text-notice", danger: "text-danger", muted: "text-muted" } as const;
/** Not where tests run. */
const CAN_DRAW = "CanvasRenderingContext2D" in globalThis;

export function Chart({ title, times, lines, words, format }: ChartProps) {
  const [isTable, setTable] = useState(!CAN_DRAW);
  const theme = useSyncExternalStore(onTheme, themeNow);
  return (
    <figure className="min-w-0 rounded-xl border border-line bg-raised p-3.5">
      <figcaption className="mb-2 flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="flex-1 basis-40 text-[0.9375rem] font-medium">{title}</h2>
        {lines.map(({ label, tone }, at) => (
          <span key={label} className="inline-flex items-center gap-1.5 text-sm text-muted">
            <svg width="18" height="6" aria-hidden="true" className={TONES[tone]}>
              <path d="M0 3h18" stroke="currentColor" strokeWidth="2.5" strokeDasharray={dash(at).join(" ")} />
            </svg>
            {label}
          </span>
        ))}
      </figcaption>
      {CAN_DRAW && <Drawing key={theme} times={times} lines={lines} words={words} format={format} />}
      <details open={isTable} onToggle={({ currentTarget }) => setTable(currentTarget.open)}>
        <summary className="w-fit py-1.5 pr-2 text-sm text-muted [@media(pointer:coarse)]:py-3">
          {words.table}
        </summary>
        {isTable && <Table title={title} times={times} lines={lines} words={words} format={format} />}
      </details>
    </figure>
  );
}

function Table({ title, times, lines, words, format }: ChartProps) {
  return (
    // Scrolls by keys, too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={title}>
      <table className="w-full border-collapse text-left text-sm" aria-label={title}>
        <thead className="sticky top-0 bg-raised text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="py-1.5 pr-4 font-medium">{words.at}</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" className="py-1.5 pr-4 text-right font-medium">{label}</th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {times.map((time, at) => (
            <tr key={time}>
              <th scope="row" className="py-1.5 pr-4 font-normal whitespace-nowrap">{words.formatAt(time)}</th>
              {lines.map(({ label, values }) => (
                <td key={label} className="py-1.5 pr-4 text-right tabular-nums">{told(values[at], format, words.none)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const told = (value: number | null | undefined, format: (value: number) => string, none: string): string =>
  value === null || value === undefined ? none : format(value);

/** Lines differ by more than their colour. */
const dash = (at: number): number[] => [[], [6, 3], [2, 3]][at] ?? [];

function Drawing({ times, lines, words, format }: Omit<ChartProps, "title">) {
  const hasPointer = useMediaQuery(FINE_POINTER);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = place.current;
    if (!root) return;
    const timeOf = (seconds: number): string => words.formatAt(new Date(seconds * 1_000).toISOString());
    const [ink, line] = [colourOf(root, "text-muted"), colourOf(root, "text-line")];
    const ticks = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui, sans-serif" };
    const chart = new uPlot(
      {
        width: root.clientWidth,
        height: HEIGHT,
        ...(words.zone !== undefined && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), words.zone ?? "") }),
        // The values of the day that the pointer is at.
        legend: { show: hasPointer, markers: { show: false } },
        scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
        axes: [
          { ...ticks, space: 64, values: (_, splits) => splits.map(timeOf) },
          { ...ticks, size: 64, values: (_, splits) => splits.map(format) },
        ],
        series: [
          { label: words.at, value: (_, seconds) => (seconds === null ? words.none : timeOf(seconds)) },
          ...lines.map(({ label, tone, values }, at) => ({
            label,
            stroke: colourOf(root, TONES[tone]),
            width: 2,
            dash: dash(at),
            spanGaps: true,
            points: { show: times.length < 15 || values.filter((value) => value !== null).length < 3 },
            value: (_: uPlot, value: number | null) => told(value, format, words.none),
          })),
        ],
      },
      [times.map((each) => Date.parse(each) / 1_000), ...lines.map(({ values }) => [...values])],
      root,
    );
    const resized = new ResizeObserver(() => chart.setSize({ width: root.clientWidth, height: HEIGHT }));
    resized.observe(root);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [times, lines, words, format, hasPointer]);
  return <div ref={place} className="min-w-0 overflow-hidden text-xs" aria-hidden="true" />;
}

/** A canvas knows no variables and no `light-dark()`: what they come to here. */
function colourOf(root: HTMLElement, className: string): string {
  const probe = root.appendChild(Object.assign(document.createElement("span"), { className }));
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const DARK = "(prefers-color-scheme: dark)";

/** What is drawn has to be drawn anew: the system's theme, and the one that was chosen. */
function onTheme(listener: () => void): () => void {
  const chosen = new MutationObserver(listener);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = window.matchMedia(DARK);
  system.addEventListener("change", listener);
  return () => {
    chosen.disconnect();
    system.removeEventListener("change", listener);
  };
}

const themeNow = (): string => `${document.documentElement.dataset["theme"] ?? ""} ${window.matchMedia(DARK).matches}`;
