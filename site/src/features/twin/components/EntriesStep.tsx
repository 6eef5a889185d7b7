/** What was read, by section: looked through, corrected, hidden, deleted and added to. */
import { useState } from "react";

import { TWIN_SECTIONS, type TwinDraft, type TwinEntry, type TwinSection } from "@/api/types";
import { useTwinTexts } from "@/i18n/twin";
import { cx } from "@/lib/classNames";
import { DOT } from "@/lib/format";
import { useFocusKept } from "@/lib/useFocusKept";
import { Button, TOUCHABLE } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";

import { editEntry } from "../api/endpoints";
import { complain, useDeleteEntry, useStep } from "../api/twins";
import { Conflicts } from "./Conflicts";
import { EntryForm } from "./EntryForm";

export function EntriesStep({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts();
  const [isAdding, setAdding] = useState(false);
  const root = useFocusKept<HTMLDivElement>();
  const sections = TWIN_SECTIONS.filter((section) => draft.entries.some((entry) => entry.section === section));
  return (
    <div ref={root} tabIndex={-1} className="space-y-5 outline-none">
      <p className="text-muted">{draft.entries.length === 0 ? texts.entries.empty : texts.entries.lead}</p>
      {draft.conflicts.length > 0 && <Conflicts draft={draft} />}
      {sections.map((section) => (
        <SectionOfEntries key={section} draft={draft} section={section} />
      ))}
      <div data-row>
        {isAdding ? (
          <EntryForm handle={draft.handle} entry={null} onClose={() => setAdding(false)} />
        ) : (
          <Button isSmall icon="plus" onClick={() => setAdding(true)}>
            {texts.entries.add}
          </Button>
        )}
      </div>
    </div>
  );
}

function SectionOfEntries({ draft, section }: { draft: TwinDraft; section: TwinSection }) {
  const texts = useTwinTexts();
  const name = texts.sections[section];
  return (
    <section aria-label={name} className="space-y-1">
      <h3 className="font-medium">{name}</h3>
      <ul aria-label={name} className="divide-y divide-line rounded-xl border border-line bg-raised px-4">
        {draft.entries
          .filter((entry) => entry.section === section)
          .map((entry) => (
            <EntryRow key={entry.entry_id} draft={draft} entry={entry} />
          ))}
      </ul>
    </section>
  );
}

function EntryRow({ draft, entry }: { draft: TwinDraft; entry: TwinEntry }) {
  const [isEditing, setEditing] = useState(false);
  return (
    <li data-row className="py-3">
      {isEditing ? (
        <EntryForm handle={draft.handle} entry={entry} onClose={() => setEditing(false)} />
      ) : (
        <EntryShown draft={draft} entry={entry} onEdit={() => setEditing(true)} />
      )}
    </li>
  );
}

function EntryShown({ draft, entry, onEdit }: { draft: TwinDraft; entry: TwinEntry; onEdit: () => void }) {
  const texts = useTwinTexts().entries;
  const edit = useStep(draft.handle, editEntry);
  const remove = useDeleteEntry(draft.handle);
  const title = titleOf(entry, texts.untitled);
  const names = draft.sources.filter(({ source_id: id }) => entry.source_ids.includes(id)).map(({ name }) => name);
  const dates = entry.start && entry.end ? texts.until(entry.start, entry.end) : entry.start || entry.end;
  const facts = [entry.subtitle, dates, entry.place].filter(Boolean).join(DOT);
  const toggle = (): void => edit.mutate({ entry_id: entry.entry_id, is_hidden: !entry.is_hidden }, { onError: complain });
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1 space-y-0.5">
        <p dir="auto" className={cx("font-medium wrap-anywhere", entry.is_hidden && "text-muted line-through")}>
          {title}
        </p>
        {entry.is_hidden && <p className="text-sm text-notice">{texts.hidden}</p>}
        {facts && <p dir="auto" className="text-sm wrap-anywhere">{facts}</p>}
        {entry.text && <p dir="auto" className="line-clamp-4 text-sm wrap-anywhere whitespace-pre-line text-muted">{entry.text}</p>}
        {entry.url && <p className="text-sm wrap-anywhere text-muted">{entry.url}</p>}
        <p className="text-xs wrap-anywhere text-muted">{texts.from(names.length > 0 ? names.join(", ") : texts.byHand)}</p>
      </div>
      <Menu
        label={texts.actions(title)}
        triggerClassName={`grid size-9 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink ${TOUCHABLE}`}
        trigger={<Icon name="dots" />}
        items={[
          { label: texts.edit(title), icon: "pencil", onSelect: onEdit },
          { label: entry.is_hidden ? texts.show : texts.hide, icon: entry.is_hidden ? "eye" : "eyeOff", onSelect: toggle },
          { label: texts.delete, icon: "trash", isDangerous: true, onSelect: () => remove({ ...entry, title }) },
        ]}
      />
    </div>
  );
}

const MOST_OF_A_TITLE = 60;

/** Of what has no title, as a summary has none, the beginning of its text. */
function titleOf({ title, text }: TwinEntry, untitled: string): string {
  if (title !== "") return title;
  return text.length > MOST_OF_A_TITLE ? `${text.slice(0, MOST_OF_A_TITLE)}…` : text || untitled;
}
