/** What of the twin is published, within which limits, and what was before. */
import { useEffect, useState } from "react";

import type { TwinDraft, TwinVersion } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { formatTime } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Asking } from "@/ui/Asking";
import { Button } from "@/ui/Button";
import { CheckBox } from "@/ui/CheckBox";
import { Field } from "@/ui/Field";
import { showToast } from "@/ui/toasts";

import { changeTwin, deleteTwin, publish, publishAgain } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { complain, useStep } from "../api/twins";
import { useEdits } from "../api/useEdits";
import { Card } from "./Card";
import { SaveBar } from "./SaveBar";

export function PublishStep({ draft, onDeleted }: { draft: TwinDraft; onDeleted: () => void }) {
  const texts = useTwinTexts().publish;
  const [isDeleting, setDeleting] = useState(false);
  return (
    <div className="space-y-5">
      <Publication draft={draft} />
      <Limits draft={draft} />
      {draft.versions.length > 0 && <Versions draft={draft} />}
      <Button isSmall variant="danger" onClick={() => setDeleting(true)}>
        {texts.delete}
      </Button>
      {isDeleting && <DeleteDialog handle={draft.handle} onClose={() => setDeleting(false)} onDeleted={onDeleted} />}
    </div>
  );
}

function Publication({ draft }: { draft: TwinDraft }) {
  const t = useT();
  const all = useTwinTexts();
  const texts = all.publish;
  const language = useLanguage();
  const publication = useStep(draft.handle, publish);
  const { published_version: published, published_at: at, is_changed: isChanged, page } = draft;
  const start = (): void => publication.mutate(draft.revision, { onSuccess: () => showToast({ text: twinTexts.now().publish.done, subject: "published" }) });
  return (
    <Card title={all.steps.publish}>
      <p>{published === null || at === null ? texts.never : `${texts.published(formatTime(language, at))} ${isChanged ? texts.isChanged : texts.isSame}`}</p>
      {publication.error && <Alert>{twinErrorText(publication.error)}</Alert>}
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" disabled={publication.isPending || (published !== null && !isChanged)} onClick={start}>
          {publication.isPending ? t.app.loading : published === null ? texts.publish : texts.publishAgain}
        </Button>
        {published !== null && (
          <a href={page.url} target="_blank" rel="noreferrer" className="text-sm underline underline-offset-2">
            {texts.open}
          </a>
        )}
      </div>
      {published !== null && page.rendered_version !== published && <Writing key={published} handle={draft.handle} version={published} />}
    </Card>
  );
}

/** A page takes seconds. */
const LATE_MS = 60_000;

/** That the page is not yet as published; where that lasts, a way to have it written once more, as what is published anew. */
function Writing({ handle, version }: { handle: string; version: number }) {
  const t = useT();
  const texts = useTwinTexts().publish;
  const again = useStep(handle, publishAgain);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className="text-sm text-muted">
        {isLate ? texts.late : texts.writing}
      </p>
      {isLate && (
        <Button isSmall disabled={again.isPending} onClick={() => again.mutate(version, { onError: complain })}>
          {again.isPending ? t.app.loading : texts.writeAgain}
        </Button>
      )}
    </div>
  );
}

const MOST_USD = 1_000_000;

/** As people write it in French, too. */
const amountOf = (typed: string): number => (typed.trim() === "" ? Number.NaN : Number(typed.replace(",", ".")));
const isAmount = (typed: string): boolean => amountOf(typed) >= 0 && amountOf(typed) <= MOST_USD;

function Limits({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts().publish;
  const change = useStep(draft.handle, changeTwin);
  const edits = useEdits({
    daily: String(draft.daily_budget_usd),
    monthly: String(draft.monthly_budget_usd),
    noindex: draft.noindex,
    transcripts: draft.transcripts,
  });
  const { value, set } = edits;
  const isWrong = !isAmount(value.daily) || !isAmount(value.monthly);
  return (
    <Card title={texts.settings}>
      <div className="grid gap-3 wide:grid-cols-2">
        <Field label={texts.daily} inputMode="decimal" autoComplete="off" aria-invalid={!isAmount(value.daily)} value={value.daily} onValue={(daily) => set("daily", daily)} />
        <Field label={texts.monthly} inputMode="decimal" autoComplete="off" aria-invalid={!isAmount(value.monthly)} value={value.monthly} onValue={(monthly) => set("monthly", monthly)} />
      </div>
      <p className="text-sm text-muted">{texts.budgetHint}</p>
      <CheckBox label={texts.noindex} isChecked={value.noindex} onChange={(noindex) => set("noindex", noindex)} />
      <CheckBox label={texts.transcripts} hint={texts.transcriptsHint} isChecked={value.transcripts} onChange={(transcripts) => set("transcripts", transcripts)} />
      <SaveBar
        edits={edits}
        labelOf={(name) => texts[name]}
        problems={isWrong ? [texts.budgetInvalid] : []}
        onSave={({ daily, monthly, noindex, transcripts }) =>
          change.mutateAsync({ revision: draft.revision, daily_budget_usd: amountOf(daily), monthly_budget_usd: amountOf(monthly), noindex, transcripts })
        }
      />
    </Card>
  );
}

function Versions({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts().publish;
  const language = useLanguage();
  const [asked, setAsked] = useState<TwinVersion | null>(null);
  return (
    <Card title={texts.versions}>
      <ul aria-label={texts.versions} className="divide-y divide-line">
        {draft.versions.map((version) => (
          <li key={version.version} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <p className="min-w-0 flex-1 basis-48">
              {texts.version(version.version)} <span className="text-sm text-muted">{formatTime(language, version.published_at)}</span>
            </p>
            {version.is_current ? (
              <span className="rounded-md bg-accent-soft px-1.5 text-xs leading-5 font-medium text-accent">{texts.current}</span>
            ) : (
              <Button isSmall onClick={() => setAsked(version)}>
                {texts.rollBack(version.version)}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && <RollBackDialog handle={draft.handle} version={asked.version} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function RollBackDialog({ handle, version, onClose }: { handle: string; version: number; onClose: () => void }) {
  const texts = useTwinTexts().publish;
  const rollBack = useStep(handle, publishAgain);
  return (
    <Asking
      errorText={twinErrorText}
      title={texts.rollBackTitle(version)}
      lead={texts.rollBackLead}
      submitLabel={texts.rollBackConfirm}
      onSubmit={async () => {
        await rollBack.mutateAsync(version);
        showToast({ text: twinTexts.now().publish.rolledBack(version), subject: "published" });
      }}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ handle, onClose, onDeleted }: { handle: string; onClose: () => void; onDeleted: () => void }) {
  const texts = useTwinTexts().publish;
  const remove = useStep(handle, deleteTwin);
  const [typed, setTyped] = useState("");
  return (
    <Asking
      errorText={twinErrorText}
      title={texts.deleteTitle}
      lead={texts.deleteLead}
      submitLabel={texts.deleteConfirm}
      variant="danger"
      isRefused={typed.trim() !== handle}
      onSubmit={async () => {
        await remove.mutateAsync(typed.trim());
        showToast({ text: twinTexts.now().publish.deleted });
        onDeleted();
      }}
      onClose={onClose}
    >
      <Field label={texts.deleteType(handle)} autoComplete="off" autoCapitalize="none" spellCheck={false} required value={typed} onValue={setTyped} />
    </Asking>
  );
}
