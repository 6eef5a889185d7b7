/** Who the twin is and how it speaks. */
import { useId, useState } from "react";

import type { TwinDraft, TwinLanguage } from "@/api/types";
import { languageNames, useLanguage } from "@/i18n";
import { useTwinTexts, type TwinTexts } from "@/i18n/twin";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Field } from "@/ui/Field";
import { TextArea } from "@/ui/TextArea";

import { changeTwin } from "../api/endpoints";
import { LANGUAGE_SETS, languagesOf, problemsOf, toForm, toPersona, type LanguageSet, type PersonaForm } from "../api/personaForm";
import { useStep, useWrittenQuestions } from "../api/twins";
import { useEdits, type Edits } from "../api/useEdits";
import { Card } from "./Card";
import { Photo } from "./Photo";
import { SaveBar } from "./SaveBar";

export function PersonaStep({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts();
  const change = useStep(draft.handle, changeTwin);
  const edits = useEdits(toForm(draft.persona));
  const problems = problemsOf(edits.value).map((problem) =>
    problem === "contact" ? texts.persona.contactInvalid : problem === "links" ? texts.persona.linksInvalid : texts.persona.questionsTooMany,
  );
  return (
    <div className="space-y-5">
      <Photo draft={draft} />
      <Self edits={edits} />
      <Speech draft={draft} edits={edits} />
      <SaveBar
        edits={edits}
        labelOf={(name) => labelOf(texts, name)}
        problems={problems}
        onSave={(form) => change.mutateAsync({ revision: draft.revision, persona: toPersona(form) })}
      />
    </div>
  );
}

function labelOf({ persona }: TwinTexts, name: keyof PersonaForm): string {
  const [field = "", language] = name.split(".");
  const label: unknown = (persona as Readonly<Record<string, unknown>>)[field];
  const text = typeof label === "string" ? label : name;
  return language === undefined ? text : `${text} (${languageNames[language as TwinLanguage]})`;
}

function Self({ edits: { value, set } }: { edits: Edits<PersonaForm> }) {
  const texts = useTwinTexts().persona;
  const id = useId();
  return (
    <div className="space-y-3">
      <Field label={texts.name} maxLength={100} autoComplete="name" value={value.name} onValue={(name) => set("name", name)} />
      <Field label={texts.headline} hint={texts.headlineHint} maxLength={300} autoComplete="off" value={value.headline} onValue={(line) => set("headline", line)} />
      <TextArea label={texts.links} hint={texts.linksHint} spellCheck={false} value={value.links} onValue={(links) => set("links", links)} />
      <div className="grid gap-3 wide:grid-cols-2">
        <Field label={texts.contactLabel} maxLength={100} autoComplete="off" value={value.contactLabel} onValue={(label) => set("contactLabel", label)} />
        <Field label={texts.contactUrl} hint={texts.contactHint} maxLength={1_000} autoComplete="off" spellCheck={false} value={value.contactUrl} onValue={(url) => set("contactUrl", url)} />
      </div>
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {texts.languages}
        </label>
        <select
          id={id}
          className="h-11 w-full rounded-xl border border-line-strong/70 bg-raised px-3 text-base"
          value={value.languages}
          onChange={(event) => set("languages", event.target.value as LanguageSet)}
        >
          {LANGUAGE_SETS.map((languages) => (
            <option key={languages} value={languages}>
              {texts.languageSets[languages]}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

/** Voice and tone, and per language what it says and what it talks about. */
function Speech({ draft, edits: { value, set } }: { draft: TwinDraft; edits: Edits<PersonaForm> }) {
  const texts = useTwinTexts().persona;
  const own = useLanguage();
  const languages = languagesOf(value.languages);
  const [chosen, setChosen] = useState<TwinLanguage>(own);
  const language = languages.find((one) => one === chosen) ?? languages[0] ?? "fr";
  const { write, isWaiting, problem } = useWrittenQuestions(draft);
  const area = (name: "greeting" | "questions" | "topics" | "offLimits", hint: string) => (
    <TextArea lang={language} label={texts[name]} hint={hint} maxLength={2_000} value={value[`${name}.${language}`]} onValue={(text) => set(`${name}.${language}`, text)} />
  );
  return (
    <Card title={texts.voice}>
      <Choice label={texts.voice} options={(["first", "third"] as const).map((voice) => ({ value: voice, label: texts.voices[voice] }))} value={value.voice} onChange={(voice) => set("voice", voice)} />
      <TextArea label={texts.tone} hint={texts.toneHint} maxLength={1_000} value={value.tone} onValue={(tone) => set("tone", tone)} />
      {languages.length > 1 && (
        <Choice
          label={texts.perLanguage}
          options={languages.map((one) => ({ value: one, label: languageNames[one], lang: one }))}
          value={language}
          onChange={setChosen}
        />
      )}
      {area("greeting", texts.greetingHint)}
      {area("questions", texts.questionsHint)}
      <Button isSmall disabled={isWaiting || draft.entries.length === 0} onClick={() => write(language)}>
        {isWaiting ? texts.questionsWriting : texts.questionsWrite}
      </Button>
      {problem && <Alert>{problem}</Alert>}
      {area("topics", texts.topicsHint)}
      {area("offLimits", texts.offLimitsHint)}
    </Card>
  );
}
