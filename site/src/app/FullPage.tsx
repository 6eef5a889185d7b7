import type { ReactNode } from "react";

import { Button } from "@/ui/Button";
import { Mark } from "@/ui/icons";

interface FullPageProps {
  title: string;
  lead: string;
  action?: { label: string; run: () => void };
  children?: ReactNode;
}

/** A page that is only a message. */
export function FullPage({ title, lead, action, children }: FullPageProps) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center gap-5 px-6 py-10">
      <Mark size={40} />
      <div role="alert" className="space-y-2">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="text-muted">{lead}</p>
      </div>
      {action && (
        <Button variant="primary" onClick={action.run}>
          {action.label}
        </Button>
      )}
      {children}
    </main>
  );
}
