/** How the stage does: what answers, what it costs, backups, and the last day in charts. */
import type { ReactNode } from "react";

import type { StageStatus } from "@/api/types";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useLanguage, useT } from "@/i18n";
import { useStatusTexts } from "@/i18n/status";
import { DOT, formatTime } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";

import { useStatus } from "../api/status";
import { DayCharts } from "./DayCharts";
import { Failures, Functions, Queues } from "./Lists";
import { Summary } from "./Summary";

export default function StatusPage({ openList }: { openList: ReactNode }) {
  const texts = useStatusTexts();
  const status = useStatus();
  return (
    <Page
      title={texts.title}
      openList={openList}
      tools={
        <Button isSmall disabled={status.isFetching} onClick={() => void status.refetch()}>
          {texts.refresh}
        </Button>
      }
      className="max-w-[64rem] gap-6 pb-8"
    >
      {status.isPending && <Waiting />}
      {status.isError && <LoadFailed text={texts.loadFailed} error={status.error} onRetry={status.refetch} />}
      {status.data && <Told status={status.data} />}
    </Page>
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
      {day === null && <p className="text-sm text-muted">{texts.dayUnknown}</p>}
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
