/** One question and its answer as nodes. What was written is text; a link is only what the twin's page holds, too. */
import type { Message } from "@/api/types";
import { isInProgress } from "@/entities/answers/answerReducer";
import { plainText } from "@/entities/answers/text";
import { h, type Child } from "@/lib/dom";
import { LINK_REL, paragraphsOf } from "@/lib/plainText";

import { isNotInSources, shownAnswer, type Part as TextPart, type Source } from "./answerText";
import { contactAddress, linked } from "./links";
import { Parts, type Part } from "./parts";
import type { Problem } from "./problems";
import type { TwinWords } from "./texts";
import type { Question } from "./thread";
import type { Contact, Rating } from "./types";

export interface Around {
  words: TwinWords;
  /** Whose twin it is. */
  name: string;
  /** A moment as it is shown. */
  moment(ms: number): string;
  contact: Contact | null;
  published: ReadonlySet<string>;
  /** Where an entry can be read; null: nowhere. */
  entryAddress(entryId: string): { href: string; isHere: boolean } | null;
  onEntry(): void;
  onSendAgain(question: Question): void;
  onTakeBack(question: Question): void;
  onRetry(question: Question): void;
  onRate(question: Question, rating: Rating | null): void;
}

export class ExchangeView {
  readonly node = h("li", { part: "exchange" });
  readonly #around: Around;
  readonly #top = new Parts(this.node);
  #answer: Parts | null = null;

  constructor(around: Around) {
    this.#around = around;
  }

  update(question: Question, isLast: boolean): void {
    const { answer } = question;
    const parts = [this.#asked(question)];
    if (answer === null || question.problem !== null) parts.push(this.#unsent(question));
    if (answer !== null) {
      const body = (this.#answer ??= new Parts(h("article", { part: "answer", "aria-label": this.#around.words.answer })));
      parts.push({ key: "answer", make: () => body.node });
      body.node.setAttribute("aria-busy", String(isInProgress(answer.status)));
      body.show(this.#answered(question, answer, isLast));
    }
    this.#top.show(parts);
  }

  #asked({ text }: Question): Part {
    const { words } = this.#around;
    const make = (): HTMLElement => h("div", { part: "question", dir: "auto" }, h("span", { class: "heard" }, `${words.you}: `), text);
    return { key: `asked ${text}`, make };
  }

  #unsent(question: Question): Part {
    const { words } = this.#around;
    const { problem } = question;
    const said = problem === null ? words.sending : problemText(problem, this.#around);
    const make = (): HTMLElement =>
      h(
        "div",
        { part: "unsent" },
        h("p", { part: "status" }, said),
        problem !== null &&
          question.answer === null &&
          h(
            "p",
            { part: "actions" },
            problem.is !== "waiting" && button("again", words.again, () => this.#around.onSendAgain(question)),
            button("take-back", words.takeBack, () => this.#around.onTakeBack(question)),
          ),
      );
    return { key: `unsent ${said}`, make };
  }

  #answered(question: Question, answer: Message, isLast: boolean): Part[] {
    const { words } = this.#around;
    const { paragraphs, sources } = shownAnswer(answer.content);
    const parts = paragraphs.map((paragraph) => ({
      key: JSON.stringify(paragraph),
      make: () => h("p", { part: "text", dir: "auto" }, ...paragraph.flatMap((part) => this.#text(part, sources))),
    }));
    if (isInProgress(answer.status)) {
      const said = question.waiting ? waitingText(question.waiting, this.#around) : paragraphs.length === 0 && words.thinking;
      if (said) parts.push({ key: `status ${said}`, make: () => h("p", { part: "status" }, said) });
      return parts;
    }
    if (isNotInSources(answer.content)) parts.push({ key: "contact", make: () => this.#contact() });
    if (sources.length > 0) parts.push({ key: `sources ${JSON.stringify(sources)}`, make: () => this.#sources(sources) });
    const ended = endText(answer, words);
    if (ended) parts.push({ key: ended, make: () => h("p", { part: "status" }, ended) });
    if (!question.isPast) parts.push(this.#actions(question, ended !== undefined && isLast));
    return parts;
  }

  #text(part: TextPart, sources: readonly Source[]): Child[] {
    if ("text" in part) {
      return linked(part.text, this.#around.published).map(({ text, href }) =>
        href === undefined ? text : h("a", { part: "link", href, rel: LINK_REL, target: "_blank", dir: "ltr" }, text),
      );
    }
    const source = sources[part.source - 1];
    return source ? [this.#link("citation", source, String(part.source), part.source)] : [];
  }

  #sources(sources: readonly Source[]): HTMLElement {
    const { words } = this.#around;
    const items = sources.map((source, index) => {
      const [title, section] = [titleOf(source, words), sectionName(source, words)];
      return h("li", {}, `${index + 1}. `, this.#link("source", source, title, null), ...(title === section ? [] : [` — ${section}`]));
    });
    return h("div", { part: "sources" }, h("h3", {}, words.sources), h("ol", {}, ...items));
  }

  /** number: of a mark, whose text says nothing by itself. */
  #link(part: string, source: Source, text: string, number: number | null): HTMLElement {
    const { words, entryAddress, onEntry } = this.#around;
    const label = number === null ? {} : { "aria-label": words.source(number, titleOf(source, words), sectionName(source, words)) };
    const address = entryAddress(source.entryId);
    if (address === null) return h("span", { part, ...(number !== null && { role: "img" }), ...label }, text);
    const link = h("a", { part, href: address.href, ...label, ...(!address.isHere && { target: "_blank", rel: "noopener" }) }, text);
    if (address.isHere) link.addEventListener("click", () => onEntry());
    return link;
  }

  #contact(): HTMLElement {
    const { words, contact } = this.#around;
    const href = contact && contactAddress(contact);
    return h(
      "p",
      { part: "contact" },
      words.notInSources,
      ...(contact && href ? [` ${words.contact} `, h("a", { part: "link", href, rel: "noopener", target: "_blank" }, contact.label)] : []),
    );
  }

  #actions(question: Question, mayRetry: boolean): Part {
    const { words, onRate, onRetry } = this.#around;
    const rate = (rating: Rating, label: string): HTMLElement => {
      const isGiven = question.rating === rating;
      const made = button(`rate ${rating}`, thumb(rating), () => onRate(question, isGiven ? null : rating));
      made.setAttribute("aria-label", label);
      made.setAttribute("aria-pressed", String(isGiven));
      return made;
    };
    const make = (): HTMLElement =>
      mayRetry
        ? h("p", { part: "actions" }, button("retry", words.again, () => onRetry(question)))
        : h("p", { part: "actions" }, rate("up", words.up), rate("down", words.down));
    return { key: `actions ${mayRetry} ${question.rating} ${question.answer?.message_id}`, make };
  }
}

const endText = ({ status }: Message, words: TwinWords): string | undefined => words.ended[status as keyof TwinWords["ended"]];

/** An answer as it is heard: its text, and what is shown below it when it has ended. */
export function heardText(answer: Message, { words, contact }: Around): string {
  const end = isInProgress(answer.status) ? [] : [isNotInSources(answer.content) && contactText(words, contact), endText(answer, words)];
  return [plainText(answer.content), ...end].filter(Boolean).join("\n\n");
}

const contactText = (words: TwinWords, contact: Contact | null): string =>
  [words.notInSources, ...(contact && contactAddress(contact) ? [words.contact, contact.label] : [])].join(" ");

export const sectionName = ({ section }: Source, { sections }: TwinWords): string =>
  (Object.hasOwn(sections, section) && sections[section]) || section;

/** The server calls an entry without a title by its section's key, which is no word of a visitor's. */
export const titleOf = (source: Source, words: TwinWords): string =>
  source.title === "" || source.title === source.section ? sectionName(source, words) : source.title;

export function problemText(problem: Problem, { words, name, moment }: Around): string {
  switch (problem.is) {
    case "waiting":
    case "limited":
      return words.problems[problem.is](moment(problem.untilMs));
    case "resting":
      return words.resting(name, problem.untilMs === null ? null : moment(problem.untilMs));
    default:
      return words.problems[problem.is];
  }
}

/** Why an answer does not begin, or go on, and for how long it will be tried. */
export const waitingText = ({ until }: NonNullable<Question["waiting"]>, { words, moment }: Around): string =>
  until === null ? words.waiting : `${words.waiting} ${words.stillTrying(moment(Date.parse(until)))}`;

export function button(part: string, label: string | Node, onClick: () => void): HTMLButtonElement {
  const made = h("button", { part, type: "button" }, label) as HTMLButtonElement;
  made.addEventListener("click", onClick);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
const THUMB = "M7 11v9H4v-9zm0 0 4-7c1.4 0 2.5 1.1 2.5 2.5L13 10h5.4c1.1 0 1.9 1 1.7 2.1l-1.3 6.3c-.2 1-1 1.6-2 1.6H7";

/** Drawn, as not every system has a letter for it. */
function thumb(rating: Rating): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", THUMB);
  if (rating === "down") path.setAttribute("transform", "rotate(180 12 12)");
  svg.append(path);
  return svg;
}

/** Paragraphs of what the owner wrote. */
export const ownersText = (part: string, text: string): HTMLElement[] =>
  paragraphsOf(text).map((paragraph) => h("p", { part, dir: "auto" }, paragraph));
