import { useId, type ReactNode } from "react";

/** A part of a step under a heading of its own. */
export function Card({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="space-y-3 rounded-xl border border-line bg-raised p-4">
      <div className="space-y-1">
        <h3 id={id} className="font-medium">
          {title}
        </h3>
        {lead && <p className="text-sm text-muted text-pretty">{lead}</p>}
      </div>
      {children}
    </section>
  );
}
