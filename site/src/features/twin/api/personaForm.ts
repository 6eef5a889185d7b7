/** A persona as a form has it, flat and in text, so that each field is kept and compared by itself. */
import type { TwinLanguage, TwinPersona, TwinTexts } from "@/api/types";

type PerLanguage = "greeting" | "questions" | "topics" | "offLimits";

export type PersonaForm = {
  name: string;
  headline: string;
  voice: TwinPersona["voice"];
  tone: string;
  /** In their order, with commas. */
  languages: LanguageSet;
  contactLabel: string;
  /** A web address, or an email address as people write it. */
  contactUrl: string;
  /** One a line. */
  links: string;
} & Record<`${PerLanguage}.${TwinLanguage}`, string>;

export const LANGUAGE_SETS = ["fr,en", "en,fr", "fr", "en"] as const;
export type LanguageSet = (typeof LANGUAGE_SETS)[number];

export const LANGUAGES: readonly TwinLanguage[] = ["fr", "en"];
const MOST_QUESTIONS = 6;

export type PersonaProblem = "contact" | "links" | "questions";

const NO_TEXTS: TwinTexts = { greeting: "", suggested_questions: [], topics: "", off_limits: [] };
const MAILTO = /^mailto:/i;
const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;
const WEB = /^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/;
/** What is being typed may look like an address and be none yet. */
const isWeb = (url: string): boolean => WEB.test(url) && URL.canParse(url);

export const languagesOf = (set: LanguageSet): TwinLanguage[] => set.split(",") as TwinLanguage[];
const linesOf = (text: string): string[] => text.split("\n").flatMap((line) => line.trim() || []);

export function toForm(persona: TwinPersona): PersonaForm {
  const texts = Object.fromEntries(
    LANGUAGES.flatMap((language) => {
      const { greeting, suggested_questions: questions, topics, off_limits: offLimits } = persona.texts[language] ?? NO_TEXTS;
      return Object.entries({ greeting, questions: questions.join("\n"), topics, offLimits: offLimits.join("\n") }).map(
        ([name, text]) => [`${name}.${language}`, text],
      );
    }),
  ) as Record<`${PerLanguage}.${TwinLanguage}`, string>;
  const set = persona.languages.join(",");
  return {
    name: persona.name,
    headline: persona.headline,
    voice: persona.voice,
    tone: persona.tone,
    languages: LANGUAGE_SETS.find((known) => known === set) ?? "fr,en",
    contactLabel: persona.contact?.label ?? "",
    contactUrl: (persona.contact?.url ?? "").replace(MAILTO, ""),
    links: persona.links.map(({ label, url }) => `${label} ${url}`).join("\n"),
    ...texts,
  };
}

export function problemsOf(form: PersonaForm): PersonaProblem[] {
  const url = form.contactUrl.trim();
  const isContactWrong = (url !== "" || form.contactLabel.trim() !== "") && !EMAIL.test(url.replace(MAILTO, "")) && !isWeb(url);
  const areTooMany = LANGUAGES.some((language) => linesOf(form[`questions.${language}`]).length > MOST_QUESTIONS);
  return [
    ...(isContactWrong ? (["contact"] as const) : []),
    ...(linesOf(form.links).some((line) => linkOf(line) === null) ? (["links"] as const) : []),
    ...(areTooMany ? (["questions"] as const) : []),
  ];
}

function linkOf(line: string): { label: string; url: string } | null {
  const [, label = "", url = ""] = /^(.*?)\s*(\S+)$/.exec(line) ?? [];
  return isWeb(url) ? { label: label || new URL(url).host, url } : null;
}

/** Of a form without problems. */
export function toPersona(form: PersonaForm): TwinPersona {
  const contactUrl = form.contactUrl.trim().replace(MAILTO, "");
  const address = EMAIL.test(contactUrl) ? `mailto:${contactUrl}` : contactUrl;
  return {
    name: form.name.trim(),
    headline: form.headline.trim(),
    voice: form.voice,
    tone: form.tone.trim(),
    languages: languagesOf(form.languages),
    contact: contactUrl === "" ? null : { label: form.contactLabel.trim() || contactUrl, url: address },
    links: linesOf(form.links).flatMap((line) => linkOf(line) ?? []),
    texts: Object.fromEntries(
      LANGUAGES.map((language) => [
        language,
        {
          greeting: form[`greeting.${language}`].trim(),
          suggested_questions: linesOf(form[`questions.${language}`]),
          topics: form[`topics.${language}`].trim(),
          off_limits: linesOf(form[`offLimits.${language}`]),
        },
      ]),
    ),
  };
}
