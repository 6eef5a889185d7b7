import { useId, type ReactNode } from "react";

import type { StageStatus } from "@/api/types";
import { useLanguage } from "@/i18n";
import { useStatusTexts } from "@/i18n/status";
import { formatCount, formatTime } from "@/lib/format";

type Day = NonNullable<StageStatus["day"]>;

export function Functions({ functions }: { functions: Day["functions"] }) {
  const texts = useStatusTexts();
  const language = useLanguage();
  const { columns } = texts;
  const seconds = new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
  return (
    <Part title={texts.functions}>
      {/* Scrolls by keys, too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={texts.functions}>
        <table className="w-full border-collapse text-left text-sm" aria-label={texts.functions}>
          <thead className="text-muted">
            <tr className="border-b border-line">
              <th scope="col" className="py-1.5 pr-4 font-medium">{columns.name}</th>
              {[columns.invocations, columns.errors, columns.slowest].map((name) => (
                <th key={name} scope="col" className="py-1.5 pr-4 text-right font-medium">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {functions.map(({ name, invocations, errors, p99_ms: slowest }) => (
              <tr key={name}>
                <th scope="row" className="py-1.5 pr-4 font-normal">{name}</th>
                <td className="py-1.5 pr-4 text-right tabular-nums">{formatCount(language, invocations)}</td>
                <td className="py-1.5 pr-4 text-right tabular-nums">{formatCount(language, errors)}</td>
                <td className="py-1.5 pr-4 text-right tabular-nums">{slowest === null ? texts.none : seconds.format(slowest / 1_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Part>
  );
}

/** Those in which something waits. */
export function Queues({ queues }: { queues: Day["queues"] }) {
  const texts = useStatusTexts();
  const language = useLanguage();
  const waiting = queues.filter((queue) => queue.waiting > 0);
  return (
    <Part title={texts.queues}>
      {waiting.length === 0 && <p className="text-sm text-muted">{texts.queuesEmpty}</p>}
      <ul className="space-y-1 text-sm">
        {waiting.map((queue) => (
          <li key={queue.name} className="flex gap-3">
            <span className="min-w-0 flex-1 wrap-anywhere">{queue.name}</span>
            <span className="text-danger tabular-nums">{texts.waiting(formatCount(language, queue.waiting))}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Failures({ failures }: { failures: NonNullable<StageStatus["backups"]>["failures"] }) {
  const texts = useStatusTexts();
  const language = useLanguage();
  if (failures.length === 0) return null;
  return (
    <Part title={texts.failures}>
      <ul className="space-y-1 text-sm">
        {failures.map(({ at, why }) => (
          <li key={`${at} ${why}`} className="wrap-anywhere">
            <time dateTime={at} className="text-muted">{formatTime(language, at)}</time> {why}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 space-y-3 rounded-xl border border-line bg-raised p-3.5">
      <h2 id={id} className="text-[0.9375rem] font-medium">
        {title}
      </h2>
      {children}
    </section>
  );
}
