/** What happens at the owner's twin: who came, what was asked, what it cost, and what it could not answer. */
import { useState, type ReactNode } from "react";
import { Link, useSearchParams } from "wouter";

import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useT } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { cx } from "@/lib/classNames";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";

import { PERIODS, useHandles, useInsights, type Period } from "../api/insights";
import { daysCsv, saveCsv } from "../csv";
import { DayCharts } from "./DayCharts";
import { Questions } from "./Questions";
import { Hosts, Languages } from "./Shares";
import { Topics } from "./Topics";
import { Totals } from "./Totals";
import { VisitById } from "./VisitById";

export default function InsightsPage({ openList }: { openList: ReactNode }) {
  const texts = useInsightsTexts();
  const handles = useHandles();
  const [search, setSearch] = useSearchParams();
  const chosen = search.get("twin");
  const handle = chosen ?? handles.data?.[0] ?? null;
  return (
    <Page
      title={texts.title}
      openList={openList}
      className="max-w-[64rem] gap-6 pb-8"
    >
      {handles.isPending && <Waiting />}
      {handles.isError && <LoadFailed text={texts.loadFailed} error={handles.error} onRetry={handles.refetch} />}
      {handles.data && handles.data.length > 1 && (
        <Choice label={texts.twin} options={handles.data.map((value) => ({ value, label: value }))} value={handle ?? ""} onChange={(twin) => setSearch({ twin })} />
      )}
      {handles.data && (handle === null ? <NoTwin /> : <OfTwin key={handle} handle={handle} />)}
    </Page>
  );
}

function OfTwin({ handle }: { handle: string }) {
  const texts = useInsightsTexts();
  const [period, setPeriod] = useState<Period>("30");
  const insights = useInsights(handle, period);
  const { data } = insights;
  return (
    <>
      <div className="space-y-1.5">
        <Choice label={texts.period} options={PERIODS.map((value) => ({ value, label: texts.periods[value] }))} value={period} onChange={setPeriod} />
        <p className="text-sm text-muted">{texts.utc}</p>
      </div>
      {insights.isPending && <Waiting />}
      {insights.isError && <LoadFailed text={texts.loadFailed} error={insights.error} onRetry={insights.refetch} />}
      {data && (
        <div className={cx("flex flex-col gap-6", insights.isPlaceholderData && "opacity-60")} aria-busy={insights.isPlaceholderData}>
          {data.totals.visits + data.totals.questions === 0 ? <Quiet /> : <Totals totals={data.totals} />}
          {data.totals.visits + data.totals.questions > 0 && (
            <>
              <DayCharts days={data.days} />
              <div className="grid gap-4 wide:grid-cols-2">
                <Languages counts={data.totals.languages} />
                <Hosts counts={data.totals.hosts} />
              </div>
              <div>
                <Button isSmall icon="download" onClick={() => saveCsv(`insights-${handle}-${data.first_day}-${data.last_day}.csv`, daysCsv(data.days))}>
                  {texts.csv}
                </Button>
              </div>
            </>
          )}
          <Topics topics={data.topics} />
        </div>
      )}
      <Questions handle={handle} />
      <VisitById handle={handle} />
    </>
  );
}

function NoTwin() {
  const texts = useInsightsTexts();
  return (
    <div className="my-auto space-y-2 pb-[12vh] text-center">
      <h2 className="text-xl font-semibold tracking-tight">{texts.noTwin}</h2>
      <p className="mx-auto max-w-md text-muted text-pretty">{texts.noTwinLead}</p>
      <Link href={routes.twin} className="inline-flex min-h-11 items-center font-medium text-accent underline underline-offset-2">
        {texts.setUp}
      </Link>
    </div>
  );
}

function Quiet() {
  const texts = useInsightsTexts();
  return (
    <div className="space-y-1 py-8 text-center">
      <h2 className="text-lg font-semibold tracking-tight">{texts.quiet}</h2>
      <p className="text-muted">{texts.quietLead}</p>
    </div>
  );
}

function Waiting() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="grid gap-3 wide:grid-cols-2">
      {[1, 2, 3, 4].map((part) => (
        <Skeleton key={part} className="h-24" />
      ))}
    </div>
  );
}
