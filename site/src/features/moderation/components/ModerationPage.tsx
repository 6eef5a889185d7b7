/** What people wrote under the owner's sections, and what the owner decides about it. */
import { useState, type ReactNode } from "react";

import { useCommentTexts } from "@/i18n/comments";
import { Choice } from "@/ui/Choice";
import { Page } from "@/ui/Page";

import { ModerationList } from "./ModerationList";
import { Sections } from "./Sections";
import { WriterBar, type Writer } from "./WriterBar";

const VIEWS = ["held", "reported", "all", "sections"] as const;
type View = (typeof VIEWS)[number];

export default function ModerationPage({ openList }: { openList: ReactNode }) {
  const texts = useCommentTexts();
  const [view, setView] = useState<View>("held");
  const [writer, setWriter] = useState<Writer | null>(null);
  const showOf = (next: Writer): void => {
    setWriter(next);
    setView("all");
  };
  return (
    <Page
      title={texts.moderation.title}
      openList={openList}
      className="max-w-[47rem] gap-4 pb-8"
    >
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
    </Page>
  );
}
