/**
 * Messages on their way to the server, at most one per conversation. Each keeps its request_id until the server has
 * said yes or no, so that a repeat is never a second message; each is kept in this browser, so that a reload in
 * between loses nothing. Owns no React and no HTTP.
 */
import { ApiError, NetworkError, retryAtMs, SessionExpiredError } from "@/api/client";
import type { Readiness } from "@/entities/files/uploads";
import type { Ownership } from "@/lib/ownership";
import { storage } from "@/lib/storage";
import { createStore, type Store } from "@/lib/store";

import { errorFromJson, errorToJson } from "./storedError";
import { parseUnsent, type Unsent } from "./storedUnsent";

export type { Unsent };

export type OutboxEntry = Unsent &
  (
    | { state: "sending" }
    /** Its files are being uploaded or read; it is sent when all of them are ready. */
    | { state: "waiting_files" }
    /** Another answer is in progress; it is sent when that one has ended. */
    | { state: "waiting"; blocked_by: string }
    /** Too many were sent; it is sent again at that time. */
    | { state: "paused"; until_ms: number }
    | { state: "failed"; error: unknown }
  );

export const NEW_CONVERSATION = "new";

export const outboxKey = (conversationId: string | null): string => conversationId ?? NEW_CONVERSATION;

/** What becomes of attachments, seen from a message that they go with. */
export interface OutboxFiles {
  readiness(keys: readonly string[]): Readiness;
  /** The server does not take what seemed ready: one file, or any of these. */
  recheck(keys: readonly string[], fileId?: string): void;
  retry(key: string): void;
}

export interface OutboxSources<Sent> {
  /** What several tabs find in this browser is sent by one of them. */
  ownership: Ownership;
  files: OutboxFiles;
  post(unsent: Unsent, fileIds: readonly string[]): Promise<Sent>;
  onSent(unsent: Unsent, sent: Sent): void;
  /** Sending is refused while this answer is in progress. */
  onBlocked(unsent: Unsent, messageId: string): void;
  /** The session ended: the text goes back to the person's draft. */
  onExpired(unsent: Unsent): void;
}

/** Pauses before a message that may or may not have arrived is sent again with the same request_id. */
export const REPEAT_AFTER_MS: readonly number[] = [1_000, 3_000];

/** A message that a limit refuses for longer than this is not sent without its person. */
export const LONGEST_PAUSE_MS = 5 * 60_000;

/** Pauses before what the server did not answer is sent again by itself: the first, and the longest they grow to. */
export const RESUME_FIRST_MS = 10_000;
const RESUME_SLOWEST_MS = 5 * 60_000;

/** How often this tab looks whether another one has left its message behind. */
export const TAKE_UP_MS = 5_000;

/** Whether the same request may succeed if it is repeated: no answer came, the server failed, or had no room just now. */
const mayRepeat = (error: unknown): boolean =>
  error instanceof NetworkError || (error instanceof ApiError && (error.status >= 500 || error.code === "throttled"));

export class Outbox<Sent> {
  readonly #sources: OutboxSources<Sent>;
  readonly #prefix: string;
  readonly #entries = new Map<string, Store<OutboxEntry | null>>();
  #takeUpTimer: ReturnType<typeof setTimeout> | undefined;
  #resumeTimer: ReturnType<typeof setTimeout> | undefined;
  #resumeMs = RESUME_FIRST_MS;
  #unwatch: (() => void) | undefined;
  #disposed = false;

  constructor(userId: string, sources: OutboxSources<Sent>) {
    this.#prefix = `unsent.${userId}.`;
    this.#sources = sources;
  }

  entry(conversationId: string | null): Store<OutboxEntry | null> {
    const key = outboxKey(conversationId);
    const held = this.#entries.get(key);
    if (held) return held;
    const entry = createStore<OutboxEntry | null>(null);
    this.#entries.set(key, entry);
    return entry;
  }

  /**
   * Take up what a reload interrupted. What had failed waits for the person; what another tab is busy with is left to
   * it, and looked at again later.
   */
  restore(): void {
    // Another tab has kept a message: it may be closed before it has sent it.
    this.#unwatch ??= storage.watch((key) => key.startsWith(this.#prefix) && this.#takeUpLater());
    for (const key of storage.keys(this.#prefix)) void this.#takeUp(key);
  }

  async #takeUp(key: string): Promise<void> {
    if (!parseUnsent(storage.get(key))) return storage.remove(key);
    const isOwn = await this.#sources.ownership.claim(key);
    if (this.#disposed) return;
    // The other tab may have sent it, or taken it back, by now.
    const stored = parseUnsent(storage.get(key));
    if (!stored || this.#isHeld(stored.unsent)) return;
    if (!isOwn || this.entry(stored.unsent.conversation_id).get()) return this.#takeUpLater();
    // Kept by an older version of this site, which knew it by its conversation.
    if (key !== this.#prefix + stored.unsent.request_id) storage.remove(key);
    if (stored.failed) this.#set({ ...stored.unsent, state: "failed", error: errorFromJson(stored.error) });
    else void this.#send(stored.unsent);
  }

  #takeUpLater(): void {
    this.#takeUpTimer ??= setTimeout(() => {
      this.#takeUpTimer = undefined;
      this.restore();
    }, TAKE_UP_MS);
  }

  #isHeld({ conversation_id, request_id }: Unsent): boolean {
    return this.entry(conversation_id).get()?.request_id === request_id;
  }

  /** How many messages the server does not have yet, those of other tabs included. */
  count(): number {
    const held = [...this.#entries.values()].flatMap((store) => store.get() ?? []);
    // What this browser has no room to keep is only held.
    return new Set([...storage.keys(this.#prefix), ...held.map(({ request_id }) => this.#prefix + request_id)]).size;
  }

  /** Send a message. False: another one of the same conversation is still on its way, and this one was not taken. */
  send(unsent: Unsent): boolean {
    if (this.entry(unsent.conversation_id).get()) return false;
    void this.#send(unsent);
    return true;
  }

  /** Keep a message until an answer, known to be in progress, has ended. */
  sendAfter(unsent: Unsent, messageId: string): boolean {
    if (this.entry(unsent.conversation_id).get()) return false;
    this.#set({ ...unsent, state: "waiting", blocked_by: messageId });
    return true;
  }

  /** Send a failed message again, as the same message. */
  retry(conversationId: string | null): void {
    const entry = this.entry(conversationId).get();
    if (entry?.state !== "failed") return;
    for (const key of entry.files ?? []) this.#sources.files.retry(key);
    void this.#send(unsentOf(entry));
  }

  /** Take a message that is not on its way right now out of the outbox. */
  cancel(conversationId: string | null): Unsent | null {
    const entry = this.entry(conversationId).get();
    if (!entry || entry.state === "sending") return null;
    this.#remove(entry);
    return unsentOf(entry);
  }

  /** The server can be reached again: what got no answer from it is sent again, as the same message. */
  readonly resume = (): void => {
    for (const store of this.#entries.values()) {
      const entry = store.get();
      if (entry?.state === "failed" && entry.error instanceof NetworkError) this.retry(entry.conversation_id);
    }
  };

  /** The server may be back without anybody saying so; a browser that knows that it is offline will say so. */
  #resumeLater(): void {
    clearTimeout(this.#resumeTimer);
    this.#resumeTimer = setTimeout(() => {
      if (navigator.onLine) this.resume();
    }, this.#resumeMs);
    this.#resumeMs = Math.min(this.#resumeMs * 2, RESUME_SLOWEST_MS);
  }

  /** An answer has ended: what waited for it is sent. */
  release(messageId: string): void {
    for (const store of this.#entries.values()) {
      const entry = store.get();
      if (entry?.state === "waiting" && entry.blocked_by === messageId) void this.#send(unsentOf(entry));
    }
  }

  /** Attachments have changed: what waited for the last of its files is sent. */
  filesChanged(): void {
    for (const store of this.#entries.values()) {
      const entry = store.get();
      const isDecided = entry?.state === "waiting_files" && this.#readiness(entry).state !== "waiting";
      if (isDecided) void this.#send(unsentOf(entry));
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#unwatch?.();
    clearTimeout(this.#takeUpTimer);
    clearTimeout(this.#resumeTimer);
  }

  async #send(unsent: Unsent): Promise<void> {
    const files = this.#readiness(unsent);
    if (files.state === "waiting") return this.#set({ ...unsent, state: "waiting_files" });
    if (files.state === "failed") return this.#set({ ...unsent, state: "failed", error: files.error });
    this.#set({ ...unsent, state: "sending" });
    try {
      const sent = await this.#post(unsent, files.file_ids);
      if (this.#disposed) return;
      this.#resumeMs = RESUME_FIRST_MS;
      this.#sources.onSent(unsent, sent);
      this.#remove(unsent);
    } catch (error) {
      // An ended session disposes of this outbox; the text goes back to its draft all the same.
      if (!this.#disposed || error instanceof SessionExpiredError) this.#refused(unsent, error);
    }
  }

  #readiness({ files }: Unsent): Readiness {
    return files ? this.#sources.files.readiness(files) : { state: "ready", file_ids: [] };
  }

  async #post(unsent: Unsent, fileIds: readonly string[]): Promise<Sent> {
    for (const pauseMs of REPEAT_AFTER_MS) {
      try {
        return await this.#sources.post(unsent, fileIds);
      } catch (error) {
        if (!mayRepeat(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        if (this.#disposed) throw error;
      }
    }
    return this.#sources.post(unsent, fileIds);
  }

  #pause(unsent: Unsent, untilMs: number): void {
    this.#set({ ...unsent, state: "paused", until_ms: untilMs });
    setTimeout(() => {
      const entry = this.entry(unsent.conversation_id).get();
      const isStillPaused = entry?.state === "paused" && entry.request_id === unsent.request_id;
      if (isStillPaused && !this.#disposed) void this.#send(unsent);
    }, Math.max(0, untilMs - Date.now()));
  }

  #refused(unsent: Unsent, error: unknown): void {
    const blockedBy = blockingAnswer(error);
    const untilMs = retryAtMs(error);
    if (untilMs !== null && untilMs - Date.now() <= LONGEST_PAUSE_MS) {
      this.#pause(unsent, untilMs);
    } else if (blockedBy !== null) {
      this.#set({ ...unsent, state: "waiting", blocked_by: blockedBy });
      this.#sources.onBlocked(unsent, blockedBy);
    } else if (isUnreadFile(error)) {
      this.#sources.files.recheck(unsent.files ?? [], error.extra["file_id"] as string);
      this.#set({ ...unsent, state: "waiting_files" });
    } else if (error instanceof SessionExpiredError && unsent.parent_id === undefined) {
      this.#remove(unsent);
      this.#sources.onExpired(unsent);
    } else {
      // Which one of its files was refused, each of them says when asked.
      if (isRefusedFile(error)) this.#sources.files.recheck(unsent.files ?? []);
      const renewedUnsent = renewed(unsent, error);
      if (renewedUnsent.request_id !== unsent.request_id) this.#forget(unsent);
      this.#set({ ...renewedUnsent, state: "failed", error });
      if (error instanceof NetworkError) this.#resumeLater();
    }
  }

  /** Kept under its request_id: two tabs may each have a message for the same conversation. */
  #set(entry: OutboxEntry): void {
    const key = this.#prefix + entry.request_id;
    const failure = entry.state === "failed" ? { failed: true, error: errorToJson(entry.error) } : { failed: false };
    void this.#sources.ownership.claim(key);
    storage.set(key, JSON.stringify({ unsent: unsentOf(entry), ...failure }));
    this.entry(entry.conversation_id).set(entry);
  }

  #remove(unsent: Unsent): void {
    this.#forget(unsent);
    this.entry(unsent.conversation_id).set(null);
  }

  #forget({ request_id }: Unsent): void {
    const key = this.#prefix + request_id;
    storage.remove(key);
    this.#sources.ownership.release(key);
  }
}

function blockingAnswer(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== "answer_in_progress") return null;
  const messageId = error.extra["message_id"];
  return typeof messageId === "string" ? messageId : null;
}

const isUnreadFile = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === "file_not_ready" && typeof error.extra["file_id"] === "string";

const isRefusedFile = (error: unknown): boolean => error instanceof ApiError && error.extra["field"] === "file_ids";

/** A message whose request_id the server knows for another text needs another one. */
function renewed(unsent: Unsent, error: unknown): Unsent {
  const reused = error instanceof ApiError && error.code === "request_id_reused";
  return reused ? { ...unsent, request_id: crypto.randomUUID() } : unsent;
}

function unsentOf({ request_id, conversation_id, text, parent_id, model, files }: Unsent): Unsent {
  return {
    request_id,
    conversation_id,
    text,
    ...(parent_id === undefined ? {} : { parent_id }),
    ...(model === undefined ? {} : { model }),
    ...(files === undefined || files.length === 0 ? {} : { files }),
  };
}
