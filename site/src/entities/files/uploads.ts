/**
 * Files on their way: checked, made smaller, uploaded a few at a time, then watched until the server has read them.
 * What is known of each is kept in this browser, so that a reload in between only costs what was not sent yet.
 * Owns timers and attachments, no React and no drafts.
 */
import { NetworkError } from "@/api/client";
import type { File as StoredFile, MessageFile } from "@/api/types";
import type { Ownership } from "@/lib/ownership";
import { storage } from "@/lib/storage";
import { createStore, type Store } from "@/lib/store";

import { afterRefusal, askAfterMs, POLL_MS } from "./askAfter";
import { applyKnown, lostAttachment, newAttachment, type Attachment, type KnownFile } from "./attachment";
import type { FileEndpoints } from "./endpoints";
import type { Limits } from "@/lib/config";

import type { SendForm } from "./postForm";
import { AttachmentError, problemOf, type Problem } from "./problems";
import { Slots } from "./slots";
import { parseAttachment, type StoredAttachment } from "./storedAttachment";
import { refusal, tooManyFiles, unreadable } from "./validate";

const MOST_AT_ONCE = 3;
/** Files that are asked about at a time. */
const MOST_ASKED = 5;
/** A timer that is a little early counts: otherwise each pause would take one more turn. */
const EARLY_MS = POLL_MS / 2;

export interface UploadSources {
  userId: string;
  limits: Limits;
  endpoints: FileEndpoints;
  sendForm: SendForm;
  /** Make an image smaller; other files come back as they are. */
  fit(file: File): Promise<File>;
  /** Whether frames are being pushed. */
  isPushed(): boolean;
  /** The server has told of a file. */
  onFile(file: StoredFile): void;
  /** Of what several tabs find in this browser, each tab only works on its own. */
  ownership: Ownership;
}

export interface Refused {
  name: string;
  problem: Problem;
}

/** Whether a message with these attachments can go out. */
export type Readiness = { state: "ready"; file_ids: string[] } | { state: "waiting" } | { state: "failed"; error: AttachmentError };

interface Held {
  store: Store<Attachment | null>;
  /** What is uploaded; undefined after a reload. */
  source: File | undefined;
  cancel: AbortController;
  /** Whether all bytes have arrived, as far as this browser knows. */
  isSent: boolean;
  /** Another tab works on it: it is only watched here. */
  isForeign: boolean;
  /** When its server was asked, or told of it by itself. */
  heardAtMs: number;
  /** How many answers in a row told nothing new. */
  quiet: number;
  isAsking: boolean;
}

export class Uploads {
  readonly #sources: UploadSources;
  readonly #held = new Map<string, Held>();
  readonly #slots = new Slots(MOST_AT_ONCE);
  readonly #listeners = new Set<() => void>();
  readonly #prefix: string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #disposed = false;

  constructor(sources: UploadSources) {
    this.#sources = sources;
    this.#prefix = `upload.${sources.userId}.`;
  }

  /** An attachment by its key; null when nothing is known of it, or no longer. */
  attachment(key: string): Store<Attachment | null> {
    return this.#of(key).store;
  }

  /** Told of every change of any attachment. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begin to upload what nothing is known against; as many files as a message with `held` of them has room for. */
  add(files: readonly File[], held?: number): { keys: string[]; refused: Refused[] } {
    const refused: Refused[] = [];
    const keys: string[] = [];
    const { limits } = this.#sources;
    const room = held === undefined ? Infinity : limits.files_a_message - held;
    for (const file of files) {
      const problem = refusal(file, limits) ?? (keys.length < room ? null : tooManyFiles(limits));
      if (problem) refused.push({ name: file.name, problem });
      else keys.push(this.#begin(file));
    }
    return { keys, refused };
  }

  /** Attach a file that the server has already. */
  adopt(file: StoredFile | MessageFile): string {
    const key = crypto.randomUUID();
    const held = this.#hold(key, applyKnown(newAttachment(key, file), file));
    held.isSent = true;
    void this.#sources.ownership.claim(this.#prefix + key);
    this.#keep(key, held);
    this.#watch();
    return key;
  }

  /** Whether a message with these may still go out as it is: what has failed can be uploaded again. */
  canRetry(keys: readonly string[]): boolean {
    return keys
      .map((key) => this.attachment(key).get() ?? lostAttachment(key))
      .every(({ phase, canRetry }) => phase !== "failed" || canRetry);
  }

  /** Upload again what failed on its way. */
  retry(key: string): void {
    const held = this.#of(key);
    const attachment = held.store.get();
    if (attachment?.phase === "failed" && attachment.canRetry && held.source) void this.#repeat(key, held.source, attachment);
  }

  /** The network is back: upload again what the want of it cut off. */
  readonly resume = (): void => {
    for (const [key, { store }] of this.#held) if (store.get()?.problem?.code === "network") this.retry(key);
  };

  /** Forget an attachment, and stop what is under way; a file that is only half there, sent from here, is deleted. */
  remove(key: string): void {
    const { cancel, isSent, source, store } = this.#of(key);
    const fileId = store.get()?.file_id ?? null;
    cancel.abort(new DOMException("Removed.", "AbortError"));
    if (fileId !== null && !isSent && source) void this.#sources.endpoints.delete(fileId).catch(() => undefined);
    this.forget([key]);
  }

  /** Forget attachments whose message has gone out. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#set(key, null);
  }

  readiness(keys: readonly string[]): Readiness {
    const attachments = keys.map((key) => this.attachment(key).get() ?? lostAttachment(key));
    const failed = attachments.find(({ phase }) => phase === "failed");
    if (failed) {
      return { state: "failed", error: new AttachmentError(failed.name, failed.problem ?? { code: "failed", message: "" }) };
    }
    const ids = attachments.flatMap(({ phase, file_id }) => (phase === "ready" && file_id !== null ? [file_id] : []));
    return ids.length === attachments.length ? { state: "ready", file_ids: [...new Set(ids)] } : { state: "waiting" };
  }

  /** The server thinks otherwise of what seemed ready: ask it about one file, or about all of these. */
  recheck(keys: readonly string[], fileId?: string): void {
    for (const key of keys) {
      const attachment = this.attachment(key).get();
      if (attachment?.phase !== "ready" || attachment.file_id === null) continue;
      if (fileId !== undefined && attachment.file_id !== fileId) continue;
      this.#of(key).quiet = 0;
      this.#set(key, { ...attachment, phase: "reading", known: null });
    }
  }

  receive(files: readonly StoredFile[]): void {
    for (const file of files) this.#learn(file);
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#timer);
    for (const { cancel } of this.#held.values()) cancel.abort(new DOMException("Signed out.", "AbortError"));
  }

  #begin(file: File): string {
    const key = crypto.randomUUID();
    this.#hold(key, newAttachment(key, file)).source = file;
    void this.#sources.ownership.claim(this.#prefix + key);
    this.#keep(key, this.#of(key));
    void this.#upload(key, file);
    return key;
  }

  async #upload(key: string, source: File): Promise<void> {
    const held = this.#of(key);
    held.cancel = new AbortController();
    const { signal } = held.cancel;
    this.#change(key, { phase: "preparing", problem: null, canRetry: false, sent_bytes: 0, file_id: null, known: null });
    try {
      // A decoded image takes some 50 MB: no more of them at once than are sent.
      await this.#slots.run(async () => {
        signal.throwIfAborted();
        const fitted = await this.#sources.fit(source);
        const problem = unreadable(fitted.name);
        if (problem) this.#fail(key, problem, false);
        else await this.#send(key, fitted, signal);
      });
    } catch (error) {
      // The server may have told that all of it came, where only the storage's answer was lost.
      if (!signal.aborted && !held.isSent) this.#fail(key, problemOf(error), true);
    }
  }

  async #send(key: string, file: File, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { name, size } = file;
    const created = await this.#sources.endpoints.create({ name, size, type: file.type || "application/octet-stream" });
    if (signal.aborted) return void this.#sources.endpoints.delete(created.file.file_id).catch(() => undefined);
    this.#change(key, { phase: "uploading", file_id: created.file.file_id, known: created.file, name: created.file.name, size });
    this.#sources.onFile(created.file);
    if (created.upload) {
      const onProgress = (sent_bytes: number): void => this.#change(key, { sent_bytes });
      await this.#sources.sendForm(created.upload, file, { onProgress, signal });
    }
    this.#of(key).isSent = true;
    // A frame may have been faster than the storage's answer.
    if (this.attachment(key).get()?.phase === "uploading") this.#change(key, { phase: "reading", sent_bytes: size });
  }

  /** What failed may have arrived all the same: then there is nothing to send. */
  async #repeat(key: string, source: File, { file_id: fileId }: Attachment): Promise<void> {
    this.#change(key, { phase: "preparing", problem: null, canRetry: false });
    const file = fileId === null ? null : await this.#sources.endpoints.get(fileId).catch(() => null);
    if (this.#disposed || !this.attachment(key).get()) return;
    if (file && file.status !== "uploaded") {
      this.#of(key).isSent = true;
      return this.#learn(file);
    }
    if (fileId !== null) void this.#sources.endpoints.delete(fileId).catch(() => undefined);
    await this.#upload(key, source);
  }

  #fail(key: string, problem: Problem, canRetry: boolean): void {
    this.#change(key, { phase: "failed", problem, canRetry: canRetry && problem.code !== "expired" && this.#of(key).source !== undefined });
  }

  #learn(next: KnownFile): void {
    for (const [key, held] of this.#held) {
      const attachment = held.store.get();
      if (attachment?.file_id !== next.file_id) continue;
      held.heardAtMs = performance.now();
      held.quiet = saysMore(attachment.known, next) ? 0 : held.quiet + 1;
      if (next.status && next.status !== "uploaded") held.isSent = true;
      this.#set(key, applyKnown(attachment, next));
    }
  }

  #change(key: string, change: Partial<Attachment>): void {
    const attachment = this.#of(key).store.get();
    if (attachment) this.#set(key, { ...attachment, ...change });
  }

  #set(key: string, attachment: Attachment | null): void {
    const held = this.#of(key);
    const before = held.store.get();
    held.store.set(attachment);
    if (attachment === null) {
      if (!held.isForeign) storage.remove(this.#prefix + key);
      this.#sources.ownership.release(this.#prefix + key);
      this.#held.delete(key);
    } else if (before?.phase !== attachment.phase || before.file_id !== attachment.file_id) {
      this.#keep(key, held);
    }
    this.#changed();
  }

  #changed(): void {
    this.#watch();
    for (const listener of this.#listeners) listener();
  }

  #keep(key: string, { store, isSent, isForeign }: Held): void {
    const attachment = store.get();
    if (!attachment || isForeign) return;
    const { file_id, name, type, size } = attachment;
    storage.set(this.#prefix + key, JSON.stringify({ file_id, name, type, size, is_sent: isSent }));
  }

  #of(key: string): Held {
    const held = this.#held.get(key);
    if (held) return held;
    const stored = parseAttachment(storage.get(this.#prefix + key));
    return stored ? this.#restore(key, stored) : this.#hold(key, null);
  }

  /** Take up what a reload interrupted, or watch what another tab is doing: what the server has of it is asked at once. */
  #restore(key: string, stored: StoredAttachment): Held {
    const held = this.#hold(key, null);
    held.isForeign = true;
    this.#show(held, key, stored);
    this.#watch();
    void this.#takeUp(key, held).then(() => this.#askAll());
    return held;
  }

  #show(held: Held, key: string, stored: StoredAttachment): void {
    held.isSent = stored.is_sent;
    const phase = stored.file_id === null ? "preparing" : "reading";
    held.store.set({ ...newAttachment(key, stored), file_id: stored.file_id, phase });
  }

  /** What belongs to no other tab, or no longer, is this one's; of what does, the record says how far it is. */
  async #takeUp(key: string, held: Held): Promise<void> {
    const isOwn = await this.#sources.ownership.claim(this.#prefix + key);
    if (this.#disposed || this.#held.get(key) !== held || !held.isForeign) return;
    const stored = parseAttachment(storage.get(this.#prefix + key));
    if (!stored) return this.#set(key, null);
    const before = held.store.get();
    held.isForeign = !isOwn;
    if (before?.file_id !== stored.file_id || (stored.is_sent && !held.isSent)) {
      this.#show(held, key, stored);
      this.#changed();
    }
    if (isOwn && stored.file_id === null) this.#fail(key, { code: "interrupted", message: "" }, false);
  }

  #hold(key: string, attachment: Attachment | null): Held {
    const held: Held = {
      store: createStore(attachment),
      source: undefined,
      cancel: new AbortController(),
      isSent: false,
      isForeign: false,
      heardAtMs: -Infinity,
      quiet: 0,
      isAsking: false,
    };
    this.#held.set(key, held);
    return held;
  }

  /** Files that are being read are asked about while nothing is pushed. */
  #watch(): void {
    const isWatching = !this.#disposed && [...this.#held.values()].some((held) => isRead(held) || held.isForeign);
    if (!isWatching) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => this.#askAll(), POLL_MS);
    }
  }

  #askAll(): void {
    if (this.#disposed) return;
    const all = [...this.#held];
    for (const [key, held] of all) if (held.isForeign) void this.#takeUp(key, held);
    const askable = MOST_ASKED - all.filter(([, held]) => held.isAsking).length;
    const due = all.filter(([, held]) => this.#isDue(held)).toSorted(([, a], [, b]) => a.heardAtMs - b.heardAtMs);
    for (const [key, held] of due.slice(0, askable)) void this.#ask(key, held);
  }

  #isDue(held: Held): boolean {
    const isHidden = document.visibilityState === "hidden";
    const afterMs = askAfterMs({ quiet: held.quiet, isPushed: this.#sources.isPushed(), isHidden });
    return isRead(held) && !held.isAsking && performance.now() - held.heardAtMs >= afterMs - EARLY_MS;
  }

  async #ask(key: string, held: Held): Promise<void> {
    const fileId = held.store.get()?.file_id ?? "";
    held.isAsking = true;
    held.heardAtMs = performance.now();
    try {
      const file = await this.#sources.endpoints.get(fileId);
      if (this.#disposed || held.store.get()?.file_id !== fileId) return;
      const isLost = file.status === "uploaded" && !held.isSent && !held.isForeign;
      if (isLost) this.#fail(key, { code: "interrupted", message: "" }, false);
      else this.#learn(file);
      this.#sources.onFile(file);
    } catch (error) {
      if (this.#disposed || error instanceof NetworkError) return;
      held.quiet = afterRefusal(held.quiet);
      this.#failIfFinal(key, problemOf(error));
    } finally {
      held.isAsking = false;
    }
  }

  #failIfFinal(key: string, problem: Problem): void {
    if (problem.code === "gone") this.#fail(key, problem, false);
  }
}

const saysMore = (known: KnownFile | null, next: KnownFile): boolean =>
  known?.status !== next.status || known?.pages_read !== next.pages_read;

const isRead = (held: Held): boolean => held.store.get()?.phase === "reading";
