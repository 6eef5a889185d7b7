/** What people wrote under the owner's sections, and what the owner decides about it. */
import { useEffect, useState, type ReactNode } from "react";

import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { DOT } from "@/lib/format";
import { Choice } from "@/ui/Choice";

import { ModerationList } from "./ModerationList";
import { Sections } from "./Sections";
import { WriterBar, type Writer } from "./WriterBar";

const VIEWS = ["held", "reported", "all", "sections"] as const;
type View = (typeof VIEWS)[number];

export default function ModerationPage({ openList }: { openList: ReactNode }) {
  const t = useT();
  const texts = useCommentTexts();
  const [view, setView] = useState<View>("held");
  const [writer, setWriter] = useState<Writer | null>(null);
  useEffect(() => {
    document.title = `${texts.moderation.title}${DOT}${t.app.name}`;
  }, [t, texts]);
  const showOf = (next: Writer): void => {
    setWriter(next);
    setView("all");
  };
  return (
    <main className="relative flex min-w-0 flex-1 flex-col" aria-label={texts.moderation.title}>
      <header className="flex min-h-14 shrink-0 items-center gap-1 px-2 wide:px-5">
        {openList}
        <h1 className="min-w-0 flex-1 truncate px-1 text-[0.9375rem] font-medium text-muted">{texts.moderation.title}</h1>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-[47rem] flex-col gap-4 px-4 pt-2 pb-8 wide:px-6">
          <Choice
            label={texts.moderation.choose}
            options={VIEWS.map((value) => ({ value, label: value === "sections" ? texts.sections.title : texts.moderation.states[value] }))}
            value={view}
            onChange={(next) => {
              setView(next);
              setWriter(null);
            }}
          />
          {writer && view !== "sections" && <WriterBar writer={writer} onClose={() => setWriter(null)} />}
          {view === "sections" ? (
            <Sections />
          ) : (
            <ModerationList key={`${view} ${writer?.userId ?? ""}`} state={view} userId={writer?.userId ?? null} onWriter={showOf} />
          )}
        </div>
      </div>
    </main>
  );
}
