/**
 * Follows answers in progress: frames from the socket when there is one, reads of `…/frames` when there is none, when
 * frames are missing, and when nothing has come for a while. Owns timers and the state of each answer, no React.
 */
import type { AnswerFrame } from "@/api/frames";
import type { AnswerStatus } from "@/api/types";
import { createStore, type Store } from "@/lib/store";

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
  reading: boolean;
  pollMs: number;
}

interface Unknown {
  /** null: it was told of, and whoever follows it now reads it from its beginning. */
  held: AnswerFrame[] | null;
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
      reading: false,
      pollMs: POLL_FIRST_MS,
    };
    this.#answers.set(messageId, followed);
    const pushed = this.#sources.isPushed();
    this.#schedule(messageId, followed, fresh ? (pushed ? SILENCE_MS : POLL_FIRST_MS / 2) : 0);
    const unknown = this.#unknown.get(messageId);
    this.#unknown.delete(messageId);
    clearTimeout(unknown?.timer);
    if (unknown?.held) this.#receive(messageId, followed, unknown.held);
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
    if (followed && !isSettled(followed.store.get())) this.#schedule(messageId, followed, 0);
  }

  /** The socket has just opened or closed: what was pushed in between is not known, so everything is read. */
  resync(): void {
    for (const [messageId, followed] of this.#answers) {
      if (!isSettled(followed.store.get())) this.#schedule(messageId, followed, 0);
    }
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
    if (unknown) unknown.held?.push(...frames);
    else this.#unknown.set(messageId, { held: [...frames], timer: setTimeout(() => this.#reportUnknown(messageId), UNKNOWN_MS) });
  }

  #reportUnknown(messageId: string): void {
    const unknown = this.#unknown.get(messageId);
    const first = unknown?.held?.[0];
    if (!unknown || !first) return;
    unknown.held = null;
    this.#sources.onUnknown(first.conversation_id, messageId);
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

  async #read(messageId: string, followed: Followed): Promise<void> {
    if (followed.reading) return this.#schedule(messageId, followed, POLL_FIRST_MS);
    followed.reading = true;
    const before = followed.store.get();
    try {
      const after = before.sequence;
      const read = await this.#sources.readFrames(followed.conversationId, messageId, after);
      if (!this.#disposed) this.#update(messageId, followed, applyRead(followed.store.get(), { after, ...read }));
    } catch (error) {
      if (this.#sources.isFinal(error)) return this.#forget(messageId, followed);
      followed.pollMs = Math.min(followed.pollMs * 2, ERROR_SLOWEST_MS);
      return this.#schedule(messageId, followed, followed.pollMs);
    } finally {
      followed.reading = false;
    }
    this.#afterRead(messageId, followed, before);
  }

  #afterRead(messageId: string, followed: Followed, before: AnswerState): void {
    const state = followed.store.get();
    if (isSettled(state)) return;
    const moved = state.sequence > before.sequence;
    followed.pollMs = moved ? POLL_FIRST_MS : Math.min(followed.pollMs * 1.5, POLL_SLOWEST_MS);
    this.#schedule(messageId, followed, moved && !hasGap(state) && this.#sources.isPushed() ? SILENCE_MS : followed.pollMs);
  }

  #forget(messageId: string, followed: Followed): void {
    clearTimeout(followed.timer);
    this.#answers.delete(messageId);
    this.#sources.onLost(messageId);
  }
}
