/** The chat with a twin: its greeting, what was said, the box, and what is kept of it. */
import { isInProgress } from "@/entities/answers/answerReducer";
import { h } from "@/lib/dom";
import { isOfInputMethod } from "@/lib/inputMethod";

import { entryAddress, type TwinApi } from "./api";
import { button, ExchangeView, heardText, ownersText, problemText, waitingText, type Around } from "./exchange";
import { publishedLinks } from "./links";
import { privacy, type Privacy } from "./privacy";
import { momentMs } from "./problems";
import { Speaker } from "./speech";
import type { TwinWords } from "./texts";
import type { Question, Thread } from "./thread";
import type { Language, Profile } from "./types";
import type { Visit } from "./visit";

/** How far from its end a thread still follows what is added. */
const NEAR_END_PX = 80;
const LOOK_AGAIN_MS = 60_000;

export interface PanelOptions {
  words: TwinWords;
  language: Language;
  profile: Profile;
  visit: Visit;
  thread: Thread;
  api: TwinApi;
  /** A source on this page was chosen. */
  onEntry(): void;
}

export class Panel {
  readonly node: HTMLElement;
  readonly box: HTMLTextAreaElement;
  readonly #options: PanelOptions;
  readonly #scroller: HTMLElement;
  readonly #list = h("ol", { part: "questions" });
  readonly #suggestions: HTMLElement;
  readonly #notice = h("div", { part: "notice", role: "status" });
  readonly #hint = h("p", { part: "hint", role: "status" });
  readonly #send: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #views = new Map<string, ExchangeView>();
  readonly #speaker: Speaker;
  readonly #privacy: Privacy;
  readonly #unsubscribe: () => void;
  #around: Around;
  #restingUntilMs: number | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** For which answer it was said that it waits. */
  #waitedFor: string | undefined;

  constructor(options: PanelOptions) {
    const { words, profile, thread, visit, api } = options;
    this.#options = options;
    this.#restingUntilMs = momentMs(profile.resting_until);
    this.#around = this.#aroundAnswers();
    const heard = h("div", { class: "heard", part: "heard", "aria-live": "polite" });
    this.#speaker = new Speaker(heard);
    this.box = h("textarea", { part: "box", rows: "1", "aria-label": words.box, placeholder: words.box }) as HTMLTextAreaElement;
    this.#send = h("button", { part: "send", type: "submit" }, words.send) as HTMLButtonElement;
    this.#stop = button("stop", words.stop, () => this.#stopAnswer());
    this.#suggestions = this.#suggested();
    const { greeting = "" } = this.#texts() ?? {};
    this.#scroller = h(
      "div",
      { part: "thread", role: "region", "aria-label": words.conversation, tabindex: "0" },
      h("div", { part: "greeting" }, ...ownersText("text", greeting)),
      this.#suggestions,
      this.#list,
    );
    const form = h("form", { part: "composer" }, h("div", { part: "row" }, this.box, this.#stop, this.#send), this.#hint);
    this.#listen(form);
    this.#privacy = privacy({ words, profile, visit, api, onErased: () => thread.clear() });
    this.node = h("div", { class: "flat" }, this.#scroller, this.#notice, form, this.#privacy.node, heard);
    this.#unsubscribe = thread.questions.subscribe(() => this.#show());
    this.#show();
  }

  ask(text: string): void {
    const { thread } = this.#options;
    if (text.trim() === "" || !this.#isReady()) {
      this.box.value = text;
      return;
    }
    const { activeElement } = this.node.getRootNode() as ShadowRoot;
    thread.ask(text.trim());
    if (activeElement !== this.box && this.node.contains(activeElement)) this.#takeFocus();
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** What was pressed goes away. On a phone the box would bring its keyboard over the answer. */
  #takeFocus(): void {
    const isSheet = this.node.closest(".sheet") !== null;
    (isSheet ? this.#scroller : this.box).focus({ preventScroll: true });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #texts() {
    const { profile, language } = this.#options;
    return profile.texts[language] ?? profile.texts[profile.languages[0] ?? language];
  }

  #suggested(): HTMLElement {
    const { words } = this.#options;
    const questions = this.#texts()?.suggested_questions ?? [];
    const items = questions.map((text) => h("li", {}, button("suggestion", text, () => this.ask(text))));
    return h("div", { part: "suggestions" }, ...(items.length > 0 ? [h("h3", {}, words.suggestions), h("ul", { part: "suggestions" }, ...items)] : []));
  }

  #listen(form: HTMLElement): void {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("input", () => this.#showComposer());
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || isOfInputMethod(event)) return;
      event.preventDefault();
      this.#submit();
    });
  }

  #submit(): void {
    const text = this.box.value;
    if (text.trim() === "" || this.#isTooLong() || !this.#isReady()) return;
    this.box.value = "";
    this.ask(text);
  }

  #isReady(): boolean {
    return !this.#options.thread.isBusy && !this.#isResting();
  }

  #isResting(): boolean {
    return this.#restingUntilMs !== null && this.#restingUntilMs > Date.now();
  }

  #isTooLong(): boolean {
    return [...this.box.value.trim()].length > this.#options.profile.limits.max_text_characters;
  }

  #stopAnswer(): void {
    const answer = this.#options.thread.questions.get().at(-1)?.answer;
    if (answer) void this.#options.thread.stop(answer.message_id);
    this.#takeFocus();
  }

  #show(): void {
    const { thread } = this.#options;
    const questions = thread.questions.get();
    const last = questions.at(-1);
    const follows = this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight < NEAR_END_PX;
    for (const [id, view] of this.#views) {
      if (questions.some(({ requestId }) => requestId === id)) continue;
      view.node.remove();
      this.#views.delete(id);
    }
    for (const question of questions) this.#showQuestion(question, question === last);
    this.#suggestions.hidden = questions.length > 0;
    if (last) this.#speak(last);
    if (last?.problem?.is === "resting") this.#restingUntilMs = last.problem.untilMs ?? this.#restingUntilMs;
    if (follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#showComposer();
    this.#privacy.update();
  }

  #showQuestion(question: Question, isLast: boolean): void {
    let view = this.#views.get(question.requestId);
    if (!view) {
      view = new ExchangeView(this.#around);
      this.#views.set(question.requestId, view);
      this.#list.append(view.node);
    }
    view.update(question, isLast);
  }

  #speak({ answer, problem, waiting }: Question): void {
    // Once: each try has another end, by a moment.
    const waited = waiting ? answer?.message_id : undefined;
    if (waiting && waited !== this.#waitedFor) this.#speaker.say(waitingText(waiting, this.#around));
    this.#waitedFor = waited;
    if (problem !== null) this.#speaker.follow(JSON.stringify(problem), problemText(problem, this.#around), true);
    else if (answer) this.#speaker.follow(answer.message_id, heardText(answer, this.#around), !isInProgress(answer.status));
  }

  #showComposer(): void {
    const { words, language, profile, thread } = this.#options;
    const isTooLong = this.#isTooLong();
    const limit = new Intl.NumberFormat(language).format(profile.limits.max_text_characters);
    const hint = isTooLong ? words.tooLong(limit) : "";
    if (this.#hint.textContent !== hint) this.#hint.textContent = hint;
    this.#send.hidden = thread.isBusy;
    this.#send.disabled = isTooLong || this.#isResting();
    this.#stop.hidden = !thread.isBusy;
    this.#stop.disabled = !thread.questions.get().at(-1)?.answer;
    this.#showNotice();
  }

  #showNotice(): void {
    const { words, profile } = this.#options;
    const isResting = this.#isResting();
    const at = this.#restingUntilMs;
    const said = isResting && at !== null ? words.resting(profile.name, this.#around.moment(at)) : "";
    if (this.#notice.textContent !== said) this.#notice.textContent = said;
    clearTimeout(this.#timer);
    if (isResting && at !== null) this.#timer = setTimeout(() => this.#showComposer(), Math.min(LOOK_AGAIN_MS, at - Date.now() + 1));
  }

  #aroundAnswers(): Around {
    const { words, language, profile, thread, visit, onEntry } = this.#options;
    return {
      words,
      name: profile.name,
      contact: profile.contact,
      published: publishedLinks(profile),
      moment: (ms) => moment(language, ms),
      entryAddress: (entryId) => {
        if (document.getElementById(`entry-${entryId}`)) return { href: `#entry-${encodeURIComponent(entryId)}`, isHere: true };
        return visit.isPreview ? null : { href: entryAddress(profile.handle, entryId), isHere: false };
      },
      onEntry,
      onSendAgain: ({ requestId }) => {
        thread.sendAgain(requestId);
        this.#takeFocus();
      },
      onTakeBack: ({ requestId }) => {
        this.box.value = thread.takeBack(requestId);
        this.box.focus();
        this.#showComposer();
      },
      onRetry: (question) => {
        void thread.retry(question);
        this.#takeFocus();
      },
      onRate: (question, rating) => void thread.rate(question, rating),
    };
  }
}

/** Today's by the clock alone. */
function moment(language: Language, ms: number): string {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, isToday ? { timeStyle: "medium" } : { dateStyle: "long", timeStyle: "short" }).format(ms);
}
