import type { TwinConflict, TwinDraft } from "@/api/types";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { announce } from "@/lib/announcer";
import { Button } from "@/ui/Button";

import { decide } from "../api/endpoints";
import { complain, useStep } from "../api/twins";
import { Card } from "./Card";

/** Where sources tell one thing differently: side by side, with a choice. */
export function Conflicts({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts().conflicts;
  return (
    <Card title={texts.title(draft.conflicts.length)} lead={texts.lead}>
      <ul className="space-y-3">
        {draft.conflicts.map((conflict) => (
          <Conflict key={conflict.conflict_id} draft={draft} conflict={conflict} />
        ))}
      </ul>
    </Card>
  );
}

function Conflict({ draft, conflict }: { draft: TwinDraft; conflict: TwinConflict }) {
  const texts = useTwinTexts();
  const step = useStep(draft.handle, decide);
  const { conflict_id: id, field, entries } = conflict;
  const title = draft.entries.find((entry) => entry.entry_id === entries[0]?.entry_id)?.title ?? "";
  const label = texts.conflicts.of(texts.conflicts.fields[field], title || texts.entries.untitled);
  const choose = (entryId: string | null): void =>
    step.mutate({ conflict_id: id, entry_id: entryId }, { onSuccess: () => announce(twinTexts.now().conflicts.decided), onError: complain });
  return (
    <li data-row>
      <fieldset disabled={step.isPending} className="space-y-2">
        <legend dir="auto" className="text-sm font-medium wrap-anywhere">
          {label}
        </legend>
        <div className="grid gap-2 wide:grid-cols-2">
          {entries.map(({ entry_id: entryId, source_id: sourceId, value }) => (
            <button
              key={`${entryId} ${sourceId}`}
              type="button"
              className="rounded-lg border border-line-strong/70 px-3 py-2 text-left hover:bg-hover disabled:opacity-60"
              onClick={() => choose(entryId)}
            >
              <span dir="auto" className="block font-medium wrap-anywhere">{value || texts.conflicts.nothing}</span>
              <span className="block text-sm wrap-anywhere text-muted">
                {draft.sources.find((source) => source.source_id === sourceId)?.name ?? texts.entries.byHand}
              </span>
            </button>
          ))}
        </div>
        <Button isSmall variant="quiet" onClick={() => choose(null)}>
          {texts.conflicts.keepBoth}
        </Button>
      </fieldset>
    </li>
  );
}
