/**
 * Follows answers in progress: frames from the socket when there is one, reads of `…/frames` when there is none, when
 * frames are missing, and when nothing has come for a while. Owns timers and the state of each answer, no React.
 */
import type { AnswerFrame } from "@/api/frames";
import type { AnswerStatus } from "@/api/types";
import { createStore, type Store } from "@/lib/createStore";

import { applyFrames, applyRead, hasGap, isSettled, newAnswer, type AnswerState } from "./answerReducer";

export const SILENCE_MS = 3_000;
export const POLL_FIRST_MS = 1_000;
export const POLL_SLOWEST_MS = 3_000;
/** How long frames that came in the wrong order may take to fall into place before they are read. */
export const REORDER_MS = 250;
/** How long frames of an answer that nobody follows are held: they may overtake the reply that tells of it. */
export const UNKNOWN_MS = 1_000;
const ERROR_SLOWEST_MS = 15_000;

export interface FramesRead {
  items: AnswerFrame[];
  status: AnswerStatus;
}

export interface FeedSources {
  readFrames(conversationId: string, messageId: string, after: number): Promise<FramesRead>;
  /** Whether frames are being pushed. */
  isPushed(): boolean;
  /** Whether an error means that this answer will never be readable: it is deleted, or the session is over. */
  isFinal(error: unknown): boolean;
  onSettled(conversationId: string, messageId: string, state: AnswerState): void;
  /** An answer can no longer be read: see `isFinal`. */
  onLost(messageId: string): void;
  /** Frames came for an answer that nobody follows: another tab or device asked. */
  onUnknown(conversationId: string, messageId: string): void;
}

interface Followed {
  conversationId: string;
  store: Store<AnswerState>;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** The read under way that decides when the next one is due. */
  reading: symbol | null;
  pollMs: number;
}

interface Unknown {
  held: AnswerFrame[];
  timer: ReturnType<typeof setTimeout>;
}

export class AnswerFeed {
  readonly #sources: FeedSources;
  readonly #answers = new Map<string, Followed>();
  readonly #states = new Map<string, Store<AnswerState>>();
  readonly #unknown = new Map<string, Unknown>();
  #disposed = false;

  constructor(sources: FeedSources) {
    this.#sources = sources;
  }

  /** The answer's state, also before and after it is followed. */
  answer(messageId: string): Store<AnswerState> {
    const held = this.#states.get(messageId);
    if (held) return held;
    const state = createStore(newAnswer);
    this.#states.set(messageId, state);
    return state;
  }

  /**
   * Follow an answer until it is settled. Following it again changes nothing.
   * fresh: it was asked for just now, so its first frames are still to be pushed and need not be read.
   */
  follow(conversationId: string, messageId: string, { fresh = false } = {}): void {
    if (this.#answers.has(messageId) || this.#disposed) return;
    const followed: Followed = {
      conversationId,
      store: this.answer(messageId),
      timer: undefined,
      reading: null,
      pollMs: POLL_FIRST_MS,
    };
    this.#answers.set(messageId, followed);
    const pushed = this.#sources.isPushed();
    this.#schedule(messageId, followed, fresh ? (pushed ? SILENCE_MS : POLL_FIRST_MS / 2) : 0);
    const unknown = this.#unknown.get(messageId);
    this.#unknown.delete(messageId);
    clearTimeout(unknown?.timer);
    if (unknown) this.#receive(messageId, followed, unknown.held);
  }

  /** Frames from the socket, of any answers, in any order. */
  receive(frames: readonly AnswerFrame[]): void {
    for (const messageId of new Set(frames.map((frame) => frame.message_id))) {
      const own = frames.filter((frame) => frame.message_id === messageId);
      const followed = this.#answers.get(messageId);
      if (followed) this.#receive(messageId, followed, own);
      else this.#holdUnknown(messageId, own);
    }
  }

  /** Read one answer now: something happened to it that may not have been pushed, like a stop. */
  refresh(messageId: string): void {
    const followed = this.#answers.get(messageId);
    if (followed) this.#readNow(messageId, followed);
  }

  /** The socket has just opened or closed: what was pushed in between is not known, so everything is read. */
  resync(): void {
    for (const [messageId, followed] of this.#answers) this.#readNow(messageId, followed);
  }

  dispose(): void {
    this.#disposed = true;
    for (const { timer } of [...this.#answers.values(), ...this.#unknown.values()]) clearTimeout(timer);
  }

  #receive(messageId: string, followed: Followed, frames: readonly AnswerFrame[]): void {
    const before = followed.store.get();
    if (isSettled(before)) return;
    this.#update(messageId, followed, applyFrames(before, frames));
    followed.pollMs = POLL_FIRST_MS;
    const state = followed.store.get();
    if (isSettled(state)) return;
    // The gap's read is due already: frames that keep coming behind it must not put it off.
    if (hasGap(before) && hasGap(state)) return;
    this.#schedule(messageId, followed, hasGap(state) ? REORDER_MS : SILENCE_MS);
  }

  #holdUnknown(messageId: string, frames: readonly AnswerFrame[]): void {
    if (this.#disposed) return;
    const unknown = this.#unknown.get(messageId);
    if (unknown) unknown.held.push(...frames);
    else this.#unknown.set(messageId, { held: [...frames], timer: setTimeout(() => this.#reportUnknown(messageId), UNKNOWN_MS) });
  }

  /** It is followed from now on, so that its end is heard of, too. */
  #reportUnknown(messageId: string): void {
    const first = this.#unknown.get(messageId)?.held[0];
    if (!first) return;
    this.#sources.onUnknown(first.conversation_id, messageId);
    this.follow(first.conversation_id, messageId, { fresh: true });
  }

  #update(messageId: string, followed: Followed, next: AnswerState): void {
    const before = followed.store.get();
    followed.store.set(next);
    if (isSettled(before) || !isSettled(next)) return;
    clearTimeout(followed.timer);
    this.#sources.onSettled(followed.conversationId, messageId, next);
  }

  #schedule(messageId: string, followed: Followed, delayMs: number): void {
    clearTimeout(followed.timer);
    if (this.#disposed) return;
    followed.timer = setTimeout(() => void this.#read(messageId, followed), delayMs);
  }

  /** Beside a read that is under way: it may have been answered before, or hang in a network that is gone. */
  #readNow(messageId: string, followed: Followed): void {
    if (isSettled(followed.store.get())) return;
    followed.reading = null;
    this.#schedule(messageId, followed, 0);
  }

  async #read(messageId: string, followed: Followed): Promise<void> {
    if (followed.reading) return this.#schedule(messageId, followed, POLL_FIRST_MS);
    const reading = (followed.reading = Symbol(messageId));
    const before = followed.store.get();
    const error = await this.#take(messageId, followed);
    if (this.#disposed) return;
    if (error && this.#sources.isFinal(error.reason)) return this.#forget(messageId, followed);
    if (followed.reading !== reading) return;
    followed.reading = null;
    if (!error) return this.#afterRead(messageId, followed, before);
    followed.pollMs = Math.min(followed.pollMs * 2, ERROR_SLOWEST_MS);
    this.#schedule(messageId, followed, followed.pollMs);
  }

  /** Read what is missing, and say why that did not work. */
  async #take(messageId: string, followed: Followed): Promise<{ reason: unknown } | null> {
    const after = followed.store.get().sequence;
    try {
      const read = await this.#sources.readFrames(followed.conversationId, messageId, after);
      if (!this.#disposed) this.#update(messageId, followed, applyRead(followed.store.get(), { after, ...read }));
      return null;
    } catch (reason) {
      return { reason };
    }
  }

  #afterRead(messageId: string, followed: Followed, before: AnswerState): void {
    const state = followed.store.get();
    if (isSettled(state)) return;
    const moved = state.sequence > before.sequence;
    followed.pollMs = moved ? POLL_FIRST_MS : Math.min(followed.pollMs * 1.5, POLL_SLOWEST_MS);
    this.#schedule(messageId, followed, moved && !hasGap(state) && this.#sources.isPushed() ? SILENCE_MS : followed.pollMs);
  }

  #forget(messageId: string, followed: Followed): void {
    // Forgotten already, and perhaps followed anew since.
    if (this.#answers.get(messageId) !== followed) return;
    clearTimeout(followed.timer);
    followed.reading = null;
    this.#answers.delete(messageId);
    this.#sources.onLost(messageId);
  }
}
