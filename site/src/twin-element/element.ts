/**
 * `<chatapp-twin handle="…">`: somebody's twin on any page: a button, and the chat that it opens, beside the page where there
 * is room and as a sheet where there is none. Everything is made of nodes and texts, so that no page's Trusted Types or
 * content security policy is in its way. What stands in the element opens it in the place of its own button.
 */
import { ApiError } from "@/api/client";
import { h } from "@/lib/dom";
import { isOfInputMethod } from "@/lib/inputMethod";

import { TwinApi } from "./api";
import { button } from "./exchange";
import { Panel } from "./panel";
import { STYLE } from "./style";
import { languageOf, WORDS, type TwinWords } from "./texts";
import { Thread } from "./thread";
import type { Language, Profile } from "./types";
import { Visit } from "./visit";

/** Below it the chat covers the page, as a sheet. */
const SHEET = "(max-width: 48rem)";

let sheet: CSSStyleSheet | null = null;

function sharedSheet(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

type State = "closed" | "reading" | "unknown" | "refusedPage" | "failed" | "ready";

export class ChatappTwin extends HTMLElement {
  static readonly observedAttributes = ["handle", "lang", "preview-token"];

  readonly #root: ShadowRoot;
  readonly #dialog = h("dialog", { part: "panel" }) as HTMLDialogElement;
  readonly #heading = h("h2", { part: "title", id: "title", tabindex: "-1" });
  readonly #about = h("p", { part: "about" });
  readonly #content = h("div", { class: "flat" });
  readonly #close: HTMLButtonElement;
  readonly #launcher = h("button", { part: "launcher", type: "button", "aria-haspopup": "dialog" });
  #isPlaced = false;
  #isOpen = false;
  #state: State = "closed";
  #reading: AbortController | null = null;
  #profile: Profile | null = null;
  /** Of a draft, by whoever shows it. */
  #given: Profile | null = null;
  #visit: Visit | null = null;
  #api: TwinApi | null = null;
  #thread: Thread | null = null;
  #panel: Panel | null = null;
  /** Where the focus was when the chat was opened. */
  #before: HTMLElement | null = null;
  #asked: string | null = null;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [sharedSheet()];
    this.#close = button("close", "✕", () => this.close());
    const slot = h("slot", {}, this.#launcher);
    slot.addEventListener("click", () => this.open());
    this.#dialog.setAttribute("aria-labelledby", "title");
    this.#dialog.append(h("header", { part: "header" }, h("div", {}, this.#heading, this.#about), this.#close), this.#content);
    this.#dialog.addEventListener("keydown", (event) => this.#onKey(event));
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.#root.append(slot, this.#dialog);
  }

  connectedCallback(): void {
    this.#isPlaced = true;
    // Given before the script was there.
    if (Object.hasOwn(this, "profile")) {
      const given = this.profile;
      Reflect.deleteProperty(this, "profile");
      this.profile = given;
    }
    this.#show();
  }

  disconnectedCallback(): void {
    this.#isPlaced = false;
    this.#reset();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#isPlaced || before === after) return;
    if (name !== "lang") this.#reset();
    else this.#rebuild();
    this.#show();
  }

  /** What is published of the twin; given by whoever shows a draft, with its `preview-token`. */
  get profile(): Profile | null {
    return this.#profile;
  }

  set profile(profile: Profile | null) {
    this.#profile = this.#given = profile;
    if (this.#isOpen) this.#begin();
  }

  /** Open the chat, and ask a question where one is given. */
  open(question?: string): void {
    this.#asked = question?.trim() || null;
    if (!this.#isOpen) {
      this.#before = focused();
      this.#place();
      this.#tellOpen(true);
    }
    this.#begin();
  }

  close(): void {
    if (!this.#isOpen) return;
    if (this.#dialog.hasAttribute("popover")) this.#dialog.hidePopover();
    else this.#dialog.close();
    this.#before?.focus({ preventScroll: true });
    this.#before = null;
    this.#tellOpen(false);
  }

  #tellOpen(open: boolean): void {
    this.#isOpen = open;
    this.toggleAttribute("open", open);
    this.dispatchEvent(new CustomEvent("chatapp-twin", { bubbles: true, detail: { open } }));
  }

  get #handle(): string {
    return this.getAttribute("handle")?.trim() || "me";
  }

  get #language(): Language {
    const around = this.parentElement?.closest<HTMLElement>("[lang]");
    return languageOf([this.getAttribute("lang"), around?.lang, navigator.language]);
  }

  get #words(): TwinWords {
    return WORDS[this.#language];
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || isOfInputMethod(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  #place(): void {
    const isSheet = matchMedia(SHEET).matches;
    // Beside the page it is no dialog that blocks it, but above all that the page has, too.
    const isPopover = !isSheet && "showPopover" in this.#dialog;
    this.#dialog.classList.toggle("sheet", isSheet);
    this.#dialog.toggleAttribute("popover", false);
    if (isPopover) this.#dialog.setAttribute("popover", "manual");
    if (isSheet) this.#dialog.showModal();
    else if (isPopover) this.#dialog.showPopover();
    else this.#dialog.show();
    // A keyboard on the screen would hide what is suggested.
    this.#heading.focus({ preventScroll: true });
  }

  #begin(): void {
    if (this.#profile) this.#start(this.#profile);
    else if (this.#state !== "reading") void this.#read();
  }

  async #read(): Promise<void> {
    const reading = (this.#reading = new AbortController());
    this.#become("reading");
    try {
      const profile = await this.#connection().api.profile(reading.signal);
      if (reading.signal.aborted) return;
      this.#profile = profile;
      this.#start(profile);
    } catch (error) {
      if (!reading.signal.aborted) this.#become(stateOf(error));
    }
  }

  #connection(): { api: TwinApi; visit: Visit; thread: Thread } {
    this.#visit ??= new Visit(this.#handle, this.getAttribute("preview-token"));
    this.#api ??= new TwinApi(this.#handle, this.#visit);
    this.#thread ??= new Thread(this.#api, this.#visit, () => this.#language);
    return { api: this.#api, visit: this.#visit, thread: this.#thread };
  }

  #start(profile: Profile): void {
    const { thread } = this.#connection();
    const asked = this.#asked;
    this.#asked = null;
    if (!this.#panel) {
      this.#state = "ready";
      this.#rebuild(profile);
      void thread.restore().then(() => asked !== null && this.#panel?.ask(asked));
    } else if (asked !== null) this.#panel.ask(asked);
    if (!this.#dialog.classList.contains("sheet")) this.#panel?.box.focus({ preventScroll: true });
  }

  /** Anew, in the language as it is now. */
  #rebuild(profile = this.#profile): void {
    if (this.#state !== "ready" || !profile) return;
    const { language, words } = { language: this.#language, words: this.#words };
    const draft = this.#panel?.box.value ?? "";
    this.#panel?.dispose();
    this.#panel = new Panel({ ...this.#connection(), words, language, profile, onEntry: () => this.#onEntry() });
    this.#panel.box.value = draft;
    this.#show();
  }

  /** What a sheet covers is not seen. */
  #onEntry(): void {
    if (!this.#dialog.classList.contains("sheet")) return;
    this.#before = null;
    this.close();
  }

  #become(state: State): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    const { words, language } = { words: this.#words, language: this.#language };
    const name = this.#profile?.name;
    this.#launcher.textContent = words.launch;
    this.#launcher.lang = language;
    this.#dialog.lang = language;
    this.#heading.textContent = name ? words.title(name) : words.untitled;
    this.#about.textContent = name ? words.about(name) : "";
    this.#close.setAttribute("aria-label", words.close);
    this.#content.replaceChildren(...this.#shown(words));
  }

  #shown(words: TwinWords): HTMLElement[] {
    switch (this.#state) {
      case "closed":
        return [];
      case "ready":
        return this.#panel ? [this.#panel.node] : [];
      case "reading":
        return [h("p", { part: "notice", role: "status" }, words.loading)];
      case "failed":
        return [h("div", { part: "notice", role: "alert" }, h("p", {}, words.failed), button("retry", words.again, () => void this.#read()))];
      case "unknown":
      case "refusedPage":
        return [h("p", { part: "notice", role: "alert" }, words[this.#state])];
      default:
        return this.#state satisfies never;
    }
  }

  /** Another twin, or none any more. */
  #reset(): void {
    this.#reading?.abort();
    this.#reading = null;
    this.close();
    this.#panel?.dispose();
    this.#thread?.dispose();
    this.#panel = this.#thread = this.#api = this.#visit = null;
    this.#profile = this.#given;
    this.#state = "closed";
  }
}

/** What has the focus, in whichever shadow. */
function focused(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : null;
}

function stateOf(error: unknown): State {
  if (!(error instanceof ApiError)) return "failed";
  if (error.code === "origin_not_allowed") return "refusedPage";
  return error.status === 404 || error.status === 400 ? "unknown" : "failed";
}
