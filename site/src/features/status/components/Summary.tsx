import type { StageStatus } from "@/api/types";
import { Fact } from "@/entities/charts/Fact";
import { useLanguage } from "@/i18n";
import { useStatusTexts } from "@/i18n/status";
import { formatTime, formatUsd } from "@/lib/format";

/** The stage at a glance. */
export function Summary({ status }: { status: StageStatus }) {
  const texts = useStatusTexts();
  const language = useLanguage();
  const { spend, backups, alarms } = status;
  const usd = (amount: number): string => formatUsd(language, amount);
  const on = alarms?.filter(({ state }) => state === "alarm").length ?? 0;
  return (
    <section aria-label={texts.summary}>
      <dl className="grid grid-cols-1 gap-3 min-[30rem]:grid-cols-2 wide:grid-cols-3">
        <Fact name={texts.health} more={texts.model[status.model.state]}>
          {status.failing.length === 0 ? texts.well : texts.failing(String(status.failing.length))}
        </Fact>
        <Fact name={texts.today} more={texts.ofBudget(usd(spend.day_budget_usd))}>
          {spend.today_usd === null ? texts.none : usd(spend.today_usd)}
        </Fact>
        <Fact name={texts.month} more={texts.ofBudget(usd(spend.month_budget_usd))}>
          {usd(spend.month_usd)}
        </Fact>
        <Fact name={texts.backup}>{backups === null ? texts.unknown : backups.newest ? formatTime(language, backups.newest.made_at) : texts.backupNone}</Fact>
        <Fact name={texts.drill} more={backups?.drill ? formatTime(language, backups.drill.at) : null}>
          {backups === null ? texts.unknown : backups.drill ? (backups.drill.passed ? texts.drillPassed : texts.drillFailed) : texts.drillNone}
        </Fact>
        <Fact name={texts.alarms}>
          {alarms === null ? texts.unknown : alarms.length === 0 ? texts.alarmsNone : on === 0 ? texts.alarmsOff : texts.alarmsOn(String(on))}
        </Fact>
      </dl>
    </section>
  );
}
