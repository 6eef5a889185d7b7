/** A conversation without messages to show: not begun, loading, or gone. */
import { useLocation } from "wouter";

import { useT } from "@/i18n";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";
import { Mark } from "@/ui/icons";
import { Skeleton } from "@/ui/Skeleton";

export function EmptyChat() {
  const t = useT();
  return (
    <div className="text-center">
      <Mark size={44} />
      <h1 className="mt-5 text-[1.625rem] font-semibold tracking-tight text-balance">{t.chat.emptyTitle}</h1>
      <p className="mx-auto mt-2 max-w-md text-muted text-pretty">{t.chat.emptyLead}</p>
    </div>
  );
}

export function GoneChat() {
  const t = useT();
  const [, navigate] = useLocation();
  return (
    <div role="alert" className="my-auto space-y-2 pb-[12vh] text-center">
      <h1 className="text-xl font-semibold tracking-tight">{t.chat.goneTitle}</h1>
      <p className="text-muted">{t.chat.goneLead}</p>
      <Button className="mt-3" onClick={() => navigate(routes.newChat)}>
        {t.app.toStart}
      </Button>
    </div>
  );
}

export function MessagesSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-8 pt-4">
      {[1, 2].map((turn) => (
        <div key={turn} className="space-y-6">
          <Skeleton className="ml-auto h-11 w-3/5 rounded-2xl" />
          <div className="space-y-3">
            <Skeleton className="h-4 w-full" />
            <Skeleton className="h-4 w-11/12" />
            <Skeleton className="h-4 w-2/3" />
          </div>
        </div>
      ))}
    </div>
  );
}
