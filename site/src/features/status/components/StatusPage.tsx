/** How the stage does: what answers, what it costs, backups, and the last day in charts. */
import { useEffect, type ReactNode } from "react";

import type { StageStatus } from "@/api/types";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useLanguage, useT } from "@/i18n";
import { useStatusTexts } from "@/i18n/status";
import { DOT, formatTime } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";

import { useStatus } from "../api/status";
import { DayCharts } from "./DayCharts";
import { Failures, Functions, Queues } from "./Lists";
import { Summary } from "./Summary";

export default function StatusPage({ openList }: { openList: ReactNode }) {
  const t = useT();
  const texts = useStatusTexts();
  const status = useStatus();
  useEffect(() => {
    document.title = `${texts.title}${DOT}${t.app.name}`;
  }, [t, texts]);
  return (
    <main className="relative flex min-w-0 flex-1 flex-col" aria-label={texts.title}>
      <header className="flex min-h-14 shrink-0 items-center gap-1 px-2 wide:px-5">
        {openList}
        <h1 className="min-w-0 flex-1 truncate px-1 text-[0.9375rem] font-medium text-muted">{texts.title}</h1>
        <Button isSmall disabled={status.isFetching} onClick={() => void status.refetch()}>
          {texts.refresh}
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-[64rem] flex-col gap-6 px-4 pt-2 pb-8 wide:px-6">
          {status.isPending && <Waiting />}
          {status.isError && <LoadFailed text={texts.loadFailed} error={status.error} onRetry={status.refetch} />}
          {status.data && <Told status={status.data} />}
        </div>
      </div>
    </main>
  );
}

function Told({ status }: { status: StageStatus }) {
  const texts = useStatusTexts();
  const language = useLanguage();
  const { day, alarms, failing, backups } = status;
  const on = (alarms ?? []).filter(({ state }) => state === "alarm").map(({ name }) => name);
  const isQuiet = day !== null && Object.values(day.lines).every((line) => line.every((value) => value === null));
  return (
    <>
      <p className="text-sm text-muted wrap-anywhere">{texts.of(status.stage, status.version, formatTime(language, status.checked_at))}</p>
      {failing.length > 0 && <Alert>{texts.failing(failing.join(", "))}</Alert>}
      {on.length > 0 && <Alert>{`${texts.alarms}${DOT}${texts.alarmsOn(on.join(", "))}`}</Alert>}
      <Summary status={status} />
      {isQuiet && <p className="text-sm text-muted">{texts.quiet}</p>}
      {day && !isQuiet && <DayCharts day={day} />}
      {day && <Functions functions={day.functions} />}
      {day && <Queues queues={day.queues} />}
      {backups && <Failures failures={backups.failures} />}
    </>
  );
}

function Waiting() {
  const t = useT();
  return (
    <div aria-busy="true" aria-label={t.app.loading} role="status" className="space-y-3">
      <Skeleton className="h-24" />
      <Skeleton className="h-48" />
    </div>
  );
}
