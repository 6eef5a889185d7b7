import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";

import type { TwinDraft } from "@/api/types";
import { useTwinTexts } from "@/i18n/twin";
import { cx } from "@/lib/classNames";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";

import { EntriesStep } from "./EntriesStep";
import { PersonaStep } from "./PersonaStep";
import { PreviewStep } from "./PreviewStep";
import { PublishStep } from "./PublishStep";
import { SourcesStep } from "./SourcesStep";

const STEPS = ["sources", "entries", "persona", "preview", "publish"] as const;
type Step = (typeof STEPS)[number];

/** How far the set-up is, by what the draft has. */
const isDone: Readonly<Record<Step, (draft: TwinDraft) => boolean>> = {
  sources: ({ sources }) => sources.some(({ status }) => status === "ready"),
  entries: ({ entries, conflicts }) => entries.length > 0 && conflicts.length === 0,
  persona: ({ persona }) => persona.name !== "" && persona.languages.every((language) => (persona.texts[language]?.greeting ?? "") !== ""),
  preview: ({ published_version: published }) => published !== null,
  publish: ({ published_version: published, is_changed: isChanged }) => published !== null && !isChanged,
};

export function TwinSteps({ draft, onDeleted }: { draft: TwinDraft; onDeleted: () => void }) {
  const texts = useTwinTexts();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("step");
  const step = STEPS.find((name) => name === asked) ?? "sources";
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(step);
  useEffect(() => {
    // Not when the page is opened.
    if (before.current !== step) heading.current?.focus();
    before.current = step;
  }, [step]);
  const go = (next: Step): void =>
    setSearch((now) => {
      const params = new URLSearchParams(now);
      params.set("step", next);
      return params;
    });
  const next = STEPS[STEPS.indexOf(step) + 1];
  return (
    <>
      <StepList draft={draft} step={step} onStep={go} />
      <h2 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
        {texts.steps[step]}
      </h2>
      {/* Steps stay as they are while another one is looked at: what is typed in them is not lost. */}
      <div hidden={step !== "sources"}><SourcesStep draft={draft} /></div>
      <div hidden={step !== "entries"}><EntriesStep draft={draft} /></div>
      <div hidden={step !== "persona"}><PersonaStep draft={draft} /></div>
      {step === "preview" && <PreviewStep draft={draft} />}
      <div hidden={step !== "publish"}><PublishStep draft={draft} onDeleted={onDeleted} /></div>
      {next && (
        <div className="text-right">
          <Button isSmall onClick={() => go(next)}>
            {texts.steps.next}
            <Icon name="chevronRight" size={16} />
          </Button>
        </div>
      )}
    </>
  );
}

function StepList({ draft, step, onStep }: { draft: TwinDraft; step: Step; onStep: (step: Step) => void }) {
  const texts = useTwinTexts().steps;
  return (
    <nav aria-label={texts.label}>
      <ol className="flex flex-wrap gap-1 rounded-xl bg-hover p-1">
        {STEPS.map((name, index) => (
          <li key={name} className="min-w-max flex-1">
            <button
              type="button"
              aria-current={name === step ? "step" : undefined}
              className={cx(
                "flex min-h-9 w-full items-center justify-center gap-1.5 rounded-lg px-2.5 text-sm transition-colors",
                name === step ? "bg-raised font-medium shadow-sm" : "text-muted hover:text-ink",
              )}
              onClick={() => onStep(name)}
            >
              {isDone[name](draft) ? (
                <span className="text-accent">
                  <Icon name="check" size={16} />
                  <span className="sr-only">{texts.done}</span>
                </span>
              ) : (
                <span aria-hidden="true">{index + 1}</span>
              )}
              {texts[name]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
