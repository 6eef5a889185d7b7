/**
 * Unsent texts and their files, one of each per conversation, kept across reloads and expired sessions in this browser.
 * A tab has its own text; one that has none yet begins with what was written last, in any tab.
 */
import * as v from "valibot";

import { storage, tabStorage } from "@/lib/storage";
import { createStore, type Store } from "@/lib/store";

const WRITE_DELAY_MS = 250;

const storedBranch = v.object({ parent_id: v.nullable(v.string()) });

/** The answer that a message follows; null: it begins the conversation. */
export type Branch = v.InferOutput<typeof storedBranch>;

export class Drafts {
  readonly #prefix: string;
  readonly #filesPrefix: string;
  readonly #drafts = new Map<string, Store<string>>();
  readonly #files = new Map<string, Store<readonly string[]>>();
  readonly #branchPrefix: string;
  readonly #branches = new Map<string, Store<Branch | null>>();
  readonly #unwritten = new Set<string>();
  /** The texts as this tab has read or written them last. */
  readonly #stored = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** userId: whose drafts; somebody else on this browser never sees them. */
  constructor(userId: string) {
    this.#prefix = `draft.${userId}.`;
    this.#filesPrefix = `draft-files.${userId}.`;
    this.#branchPrefix = `draft-branch.${userId}.`;
  }

  of(conversationKey: string): Store<string> {
    const held = this.#drafts.get(conversationKey);
    if (held) return held;
    const draft = createStore(tabStorage.get(this.#prefix + conversationKey) ?? storage.get(this.#prefix + conversationKey) ?? "");
    this.#stored.set(conversationKey, draft.get());
    draft.subscribe(() => this.#writeSoon(conversationKey));
    this.#drafts.set(conversationKey, draft);
    return draft;
  }

  /** The keys of the attachments that go with the text, in the order in which they came. */
  filesOf(conversationKey: string): Store<readonly string[]> {
    const held = this.#files.get(conversationKey);
    if (held) return held;
    const stored = (): string[] => parseKeys(storage.get(this.#filesPrefix + conversationKey));
    const files = createStore<readonly string[]>(stored());
    let before = files.get();
    files.subscribe(() => {
      // What another tab has attached stays.
      const others = stored().filter((key) => !before.includes(key));
      before = files.get();
      const keys = [...new Set([...others, ...before])];
      if (keys.length > 0) storage.set(this.#filesPrefix + conversationKey, JSON.stringify(keys));
      else storage.remove(this.#filesPrefix + conversationKey);
    });
    this.#files.set(conversationKey, files);
    return files;
  }

  /** Where a taken-back edit goes when it is sent; null: where the conversation ends, or the reader is. */
  branchOf(conversationKey: string): Store<Branch | null> {
    const held = this.#branches.get(conversationKey);
    if (held) return held;
    const branch = createStore(parseBranch(storage.get(this.#branchPrefix + conversationKey)));
    branch.subscribe(() => {
      const place = branch.get();
      if (place) storage.set(this.#branchPrefix + conversationKey, JSON.stringify(place));
      else storage.remove(this.#branchPrefix + conversationKey);
    });
    this.#branches.set(conversationKey, branch);
    return branch;
  }

  /** Give a text and its files back to their writer, before what stands there already. */
  putBack(conversationKey: string, text: string, fileKeys: readonly string[] = []): void {
    const draft = this.of(conversationKey);
    draft.set(draft.get().trim() ? `${text}\n\n${draft.get()}` : text);
    const files = this.filesOf(conversationKey);
    if (fileKeys.length > 0) files.set([...new Set([...fileKeys, ...files.get()])]);
    this.flush();
  }

  /** What was written on one page goes on on another one. */
  move(from: string, to: string): void {
    const [text, files] = [this.of(from).get(), this.filesOf(from).get()];
    if (text === "" && files.length === 0) return;
    this.of(from).set("");
    this.filesOf(from).set([]);
    this.putBack(to, text, files);
  }

  /** Lose what another tab with the same draft has sent or taken out. Returns what ends it. */
  follow(): () => void {
    return storage.watch((key, before, after) => {
      if (key.startsWith(this.#prefix) && after === null) this.#loseText(key.slice(this.#prefix.length), before);
      if (!key.startsWith(this.#filesPrefix)) return;
      const left = parseKeys(after);
      this.#loseFiles(key.slice(this.#filesPrefix.length), parseKeys(before).filter((file) => !left.includes(file)));
    });
  }

  /** What was written here since is kept. */
  #loseText(key: string, text: string | null): void {
    const draft = this.#drafts.get(key);
    if (draft?.get() === text) draft.set("");
  }

  /** Not under a text that stays: its writer is told by the files themselves that they are gone. */
  #loseFiles(key: string, lost: readonly string[]): void {
    const files = this.#files.get(key);
    if (!files?.get().some((file) => lost.includes(file)) || this.of(key).get() !== "") return;
    files.set(files.get().filter((file) => !lost.includes(file)));
  }

  /** Write now: the page may be about to go. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const key of this.#unwritten) {
      const text = this.of(key).get();
      if (text) tabStorage.set(this.#prefix + key, text);
      else tabStorage.remove(this.#prefix + key);
      // What another tab has written since is its own.
      if (text) storage.set(this.#prefix + key, text);
      else if (storage.get(this.#prefix + key) === this.#stored.get(key)) storage.remove(this.#prefix + key);
      this.#stored.set(key, text);
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
  for (const prefix of [`draft.${userId}.`, `draft-files.${userId}.`, `draft-branch.${userId}.`, `upload.${userId}.`, `unsent.${userId}.`]) {
    for (const kept of [storage, tabStorage]) for (const key of kept.keys(prefix)) kept.remove(key);
  }
}

function parseKeys(json: string | null): string[] {
  try {
    const keys: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

function parseBranch(json: string | null): Branch | null {
  try {
    const parsed = v.safeParse(storedBranch, JSON.parse(json ?? "null"));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
