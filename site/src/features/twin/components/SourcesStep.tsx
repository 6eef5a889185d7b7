/** What the twin knows from, and the ways to give it more. */
import { useState } from "react";

import type { TwinDraft, TwinSource } from "@/api/types";
import { useLanguage } from "@/i18n";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { DOT, formatDate } from "@/lib/format";
import { useFocusKept } from "@/lib/useFocusKept";
import { Asking } from "@/ui/Asking";
import { IconButton } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/icons";
import { ProgressBar } from "@/ui/ProgressBar";
import { showToast } from "@/ui/toasts";

import { removeSource } from "../api/endpoints";
import { sourceErrorText, twinErrorText } from "../api/problems";
import { useStep } from "../api/twins";
import { AddArchive } from "./AddArchive";
import { AddDocument } from "./AddDocument";
import { AddLink, AddNote } from "./AddText";

const ICONS: Readonly<Record<TwinSource["kind"], IconName>> = { cv: "file", linkedin: "folder", linkedin_pdf: "file", note: "pencil", link: "chat" };

export function SourcesStep({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts().sources;
  const root = useFocusKept<HTMLDivElement>();
  return (
    <div ref={root} tabIndex={-1} className="space-y-5 outline-none">
      <p className="text-muted">{texts.lead}</p>
      {draft.sources.length === 0 ? (
        <p className="text-muted">{texts.empty}</p>
      ) : (
        <ul aria-label={texts.list} className="divide-y divide-line rounded-xl border border-line bg-raised px-4">
          {draft.sources.map((source) => (
            <SourceRow key={source.source_id} handle={draft.handle} source={source} />
          ))}
        </ul>
      )}
      <div className="grid gap-3 wide:grid-cols-2">
        <AddDocument handle={draft.handle} kind="cv" />
        <AddDocument handle={draft.handle} kind="linkedin_pdf" />
      </div>
      <AddArchive draft={draft} />
      <AddNote handle={draft.handle} />
      <AddLink handle={draft.handle} />
    </div>
  );
}

function SourceRow({ handle, source }: { handle: string; source: TwinSource }) {
  const texts = useTwinTexts().sources;
  const language = useLanguage();
  const remove = useStep(handle, removeSource);
  const [isAsked, setAsked] = useState(false);
  const { name, kind, status, error, entries, added_at: addedAt } = source;
  return (
    <li data-row className="flex items-start gap-3 py-3">
      <span className={status === "failed" ? "mt-0.5 text-danger" : "mt-0.5 text-accent"}>
        <Icon name={status === "failed" ? "alert" : ICONS[kind]} />
      </span>
      <div className="min-w-0 flex-1">
        <p dir="auto" className="font-medium wrap-anywhere">
          {name}
        </p>
        <p className={status === "failed" ? "text-sm text-danger" : "text-sm text-muted"}>
          {status === "failed"
            ? texts.failed(error ? sourceErrorText(error) : "")
            : [texts.kinds[kind], status === "reading" ? texts.reading : texts.entries(entries), formatDate(language, addedAt)].join(DOT)}
        </p>
        {status === "reading" && (
          <div className="mt-1.5">
            <ProgressBar label={texts.readingOf(name)} value={null} />
          </div>
        )}
      </div>
      <IconButton icon="trash" size="small" label={texts.remove(name)} onClick={() => setAsked(true)} />
      {isAsked && (
        <Asking
          errorText={twinErrorText}
          title={texts.removeTitle(name)}
          lead={texts.removeLead}
          submitLabel={texts.removeConfirm}
          variant="danger"
          onSubmit={async () => {
            await remove.mutateAsync(source.source_id);
            showToast({ text: twinTexts.now().sources.removed(name) });
          }}
          onClose={() => setAsked(false)}
        />
      )}
    </li>
  );
}
