/**
 * `<chatapp-comments section="…">`: the comments of a section on any page, to be read; writing happens on the site.
 * Everything is made of nodes and texts, so that no page's Trusted Types or content security policy is in its way.
 */
import type { Comment } from "@/api/types";
import { h, type Child } from "@/lib/dom";
import { localeOf } from "@/lib/locale";
import { LINK_REL, paragraphsOf, piecesOf } from "@/lib/plainText";

import { readCount, readPage, UnknownSection, writingAddress } from "./api";
import { STYLE } from "./style";
import { textsFor, type EmbedTexts } from "./texts";

let sheet: CSSStyleSheet | null = null;

function sharedSheet(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

export class ChatappComments extends HTMLElement {
  static readonly observedAttributes = ["section", "lang"];

  readonly #root: ShadowRoot;
  #reading: AbortController | null = null;
  /** An element that was there before the script is told of its attributes first, and of its place then. */
  #isPlaced = false;
  #comments: Comment[] = [];
  #cursor: string | null = null;
  #count: number | null = null;
  #isOpen = false;
  /** What the page's author was told of last, once for each section. */
  #warnedOf: string | null = null;
  #state: "reading" | "read" | "failed" | "unknown" = "reading";

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [sharedSheet()];
  }

  connectedCallback(): void {
    this.#isPlaced = true;
    window.addEventListener("pageshow", this.#onPageShow);
    void this.reload();
  }

  disconnectedCallback(): void {
    this.#isPlaced = false;
    window.removeEventListener("pageshow", this.#onPageShow);
    this.#reading?.abort();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#isPlaced || before === after) return;
    if (name === "section") void this.reload();
    else this.#show();
  }

  /** Read anew, from the newest comment on. */
  async reload(): Promise<void> {
    this.#comments = [];
    this.#cursor = null;
    this.#count = null;
    await this.#read();
  }

  /** Back from the site, the browser may show this page as it was. */
  readonly #onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) void this.reload();
  };

  get #section(): string {
    return this.getAttribute("section")?.trim() ?? "";
  }

  async #read(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const isFirst = this.#comments.length === 0;
    this.#state = "reading";
    this.#show();
    try {
      const page = await readPage(this.#section, this.#cursor, reading.signal);
      const count = isFirst ? await this.#counted(page.comments, page.next_cursor === null, reading.signal) : this.#count;
      if (reading.signal.aborted) return;
      this.#count = count;
      this.#comments = joined(this.#comments, page.comments);
      this.#cursor = page.next_cursor;
      this.#isOpen = page.section.open;
      this.#state = "read";
    } catch (error) {
      if (reading.signal.aborted) return;
      this.#state = error instanceof UnknownSection ? "unknown" : "failed";
      if (this.#state === "unknown") this.#warn();
    }
    this.#show();
    this.dispatchEvent(new CustomEvent("chatapp-comments", { bubbles: true, detail: { state: this.#state, count: this.#count } }));
  }

  /** What a first page that holds everything shows by itself needs no second request. A number is no reason to fail. */
  async #counted(comments: readonly Comment[], isAll: boolean, signal: AbortSignal): Promise<number | null> {
    if (!isAll) return readCount(this.#section, signal).catch(() => null);
    const all = comments.flatMap((comment) => [comment, ...(comment.replies ?? [])]);
    return all.filter(({ status }) => status === "visible").length;
  }

  /** Readers are told kindly; the cause is for whoever wrote the page. */
  #warn(): void {
    const section = this.#section;
    if (this.#warnedOf === section) return;
    this.#warnedOf = section;
    // oxlint-disable-next-line no-console -- Of this very page, to its author.
    console.warn(
      section === ""
        ? '<chatapp-comments> has no "section" attribute: it names the section whose comments are shown.'
        : `<chatapp-comments section="${section}">: the site knows no such section. Add it under Moderation, Sections.`,
    );
  }

  #show(): void {
    const around = this.closest<HTMLElement>("[lang]");
    const { language, texts } = textsFor([this.getAttribute("lang"), around?.lang, navigator.language]);
    const heading = this.#count ? texts.count(this.#count, new Intl.NumberFormat(language).format(this.#count)) : texts.title;
    const level = /^[1-6]$/.test(this.getAttribute("heading") ?? "") ? (this.getAttribute("heading") ?? "") : "2";
    const isReading = this.#state === "reading";
    const shown = h(
      "section",
      { part: "section", lang: language, "aria-label": texts.title, "aria-busy": String(isReading) },
      h(
        "div",
        { part: "bar" },
        h("div", { part: "heading", role: "heading", "aria-level": level }, heading),
        this.#state === "read" && this.#isOpen && h("a", { part: "write", href: writingAddress(this.#section, location.href) }, texts.write),
      ),
      this.#comments.length > 0 && h("ol", { part: "list" }, ...this.#comments.map((comment) => item(comment, language, texts))),
      this.#notice(texts),
      this.#state === "read" && this.#cursor !== null && this.#button("more", texts.more),
    );
    const hadFocus = this.#root.activeElement !== null;
    this.#root.replaceChildren(shown);
    if (hadFocus) this.#focusAgain();
  }

  #notice(texts: EmbedTexts): Child {
    switch (this.#state) {
      case "reading":
        return say(texts.loading);
      case "unknown":
        return say(texts.unknown);
      case "failed":
        return h("div", { part: "error" }, say(texts.failed, "alert"), this.#button("retry", texts.retry));
      case "read":
        if (!this.#isOpen) return say(texts.closed);
        return this.#comments.length === 0 && say(texts.empty);
      default:
        return this.#state satisfies never;
    }
  }

  #button(part: string, label: string): HTMLElement {
    const made = h("button", { part, type: "button" }, label);
    made.addEventListener("click", () => void this.#read());
    return made;
  }

  /** The button that was pressed is another one now, or gone. */
  #focusAgain(): void {
    const next = this.#root.querySelector<HTMLElement>("button") ?? this.#root.querySelector<HTMLElement>("section");
    if (next?.localName === "section") next.tabIndex = -1;
    next?.focus({ preventScroll: true });
  }
}

const say = (text: string, role = "status"): HTMLElement => h("p", { part: "notice", role }, text);

/** Replies that a page has no room for come with the next one, by themselves. */
function joined(before: readonly Comment[], page: readonly Comment[]): Comment[] {
  const all = [...before];
  for (const comment of page) {
    const at = comment.reply_to === null ? -1 : all.findIndex(({ id }) => id === comment.reply_to);
    const root = all[at];
    if (root) all[at] = { ...root, replies: [...(root.replies ?? []), comment] };
    else all.push(comment);
  }
  return all;
}

function item(comment: Comment, language: string, texts: EmbedTexts): HTMLElement {
  const { author, replies = [] } = comment;
  const name = author?.name ?? texts.deleted;
  const part = comment.reply_to === null ? "comment" : "comment reply";
  const content = author
    ? [byline(comment, author, language, texts), ...paragraphsOf(comment.text).map(paragraph)]
    : [h("p", { part: "deleted" }, texts.deleted)];
  return h(
    "li",
    {},
    h(
      "article",
      { part, "aria-label": author ? texts.by(name) : texts.deleted },
      ...content,
      replies.length > 0 && h("ol", { part: "replies", "aria-label": texts.replies(name) }, ...replies.map((reply) => item(reply, language, texts))),
    ),
  );
}

function byline(comment: Comment, author: { name: string; is_owner: boolean }, language: string, texts: EmbedTexts): HTMLElement {
  const time = new Date(comment.timestamp);
  const locale = localeOf(language);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(time);
  return h(
    "p",
    { part: "byline" },
    h("bdi", { part: "author" }, author.name),
    author.is_owner && h("span", { part: "owner" }, texts.owner),
    h("time", { part: "time", datetime: comment.timestamp, title: time.toLocaleString(locale) }, day),
    comment.edited_at !== null && h("span", { part: "edited" }, texts.edited),
  );
}

const paragraph = (text: string): HTMLElement =>
  h(
    "p",
    { part: "text", dir: "auto" },
    ...piecesOf(text).map(({ text: piece, href }) =>
      href === undefined ? piece : h("a", { part: "link", href, rel: LINK_REL, target: "_blank", dir: "ltr" }, piece),
    ),
  );
