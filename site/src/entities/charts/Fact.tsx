/** One number of a page of numbers, under its name, in a list of terms (`dl`). more: what stands below it, if anything. */
import type { ReactNode } from "react";

export function Fact({ name, more = null, children }: { name: string; more?: string | null; children: ReactNode }) {
  return (
    <div className="rounded-xl border border-line bg-raised p-3.5">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="text-lg font-semibold tracking-tight tabular-nums">{children}</dd>
      {more !== null && <dd className="text-sm text-muted">{more}</dd>}
    </div>
  );
}
