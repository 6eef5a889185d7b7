/** Unsent texts, one per conversation, kept across reloads and expired sessions in this browser. */
import { storage } from "./storage";
import { createStore, type Store } from "./store";

const WRITE_DELAY_MS = 250;

export class Drafts {
  readonly #prefix: string;
  readonly #drafts = new Map<string, Store<string>>();
  readonly #unwritten = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** userId: whose drafts; somebody else on this browser never sees them. */
  constructor(userId: string) {
    this.#prefix = `draft.${userId}.`;
  }

  of(conversationKey: string): Store<string> {
    const held = this.#drafts.get(conversationKey);
    if (held) return held;
    const draft = createStore(storage.get(this.#prefix + conversationKey) ?? "");
    draft.subscribe(() => this.#writeSoon(conversationKey));
    this.#drafts.set(conversationKey, draft);
    return draft;
  }

  /** Give a text back to its writer, before what stands there already. */
  putBack(conversationKey: string, text: string): void {
    const draft = this.of(conversationKey);
    draft.set(draft.get().trim() ? `${text}\n\n${draft.get()}` : text);
    this.flush();
  }

  /** Write now: the page may be about to go. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const key of this.#unwritten) {
      const text = this.of(key).get();
      if (text) storage.set(this.#prefix + key, text);
      else storage.remove(this.#prefix + key);
    }
    this.#unwritten.clear();
  };

  #writeSoon(key: string): void {
    this.#unwritten.add(key);
    this.#timer ??= setTimeout(this.flush, WRITE_DELAY_MS);
  }
}

/** Forget a user's texts in this browser: at sign-out. */
export function forgetDrafts(userId: string): void {
  for (const prefix of [`draft.${userId}.`, `unsent.${userId}.`]) {
    for (const key of storage.keys(prefix)) storage.remove(key);
  }
}
