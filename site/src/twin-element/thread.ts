/**
 * The conversation of a visit: questions as they are sent, and their answers as they come. Owns no DOM. A visit that is
 * over is followed by another one without a word; what was said stays.
 */
import { ApiError, SessionExpiredError } from "@/api/client";
import { decodeSocketMessage, isAnswerFrame } from "@/api/frames";
import type { Message } from "@/api/types";
import { AnswerFeed } from "@/entities/answers/answerFeed";
import { isInProgress, type AnswerState } from "@/entities/answers/answerReducer";
import { liveMessage } from "@/entities/answers/liveMessage";
import { createStore } from "@/lib/createStore";
import { SocketClient } from "@/session/socketClient";

import { referrer, socketUrl, type TwinApi } from "./api";
import { problemOf, type Problem } from "./problems";
import type { Language, Rating } from "./types";
import type { Visit } from "./visit";

export interface Question {
  /** The request's own, so that sending it twice asks once. */
  requestId: string;
  text: string;
  /** Why it has not been taken (yet). */
  problem: Problem | null;
  answer: Message | null;
  /** Why the model is asked again, and until when. */
  waiting: AnswerState["waiting"];
  rating: Rating | null;
  /** Asked in a visit that is over: nothing of it can be changed any more. */
  isPast: boolean;
}

type Timer = ReturnType<typeof setTimeout>;

/** How long a question waits that did not arrive: doubled each time. */
const FIRST_WAIT_MS = 4_000;
const MOST_DOUBLINGS = 4;

export class Thread {
  readonly questions = createStore<readonly Question[]>([]);
  readonly #api: TwinApi;
  readonly #visit: Visit;
  readonly #language: () => Language;
  readonly #feed: AnswerFeed;
  readonly #unfollow: (() => void)[] = [];
  #socket: SocketClient | null = null;
  #timer: Timer | undefined;
  /** How often in a row nothing arrived. */
  #unreached = 0;
  #disposed = false;

  constructor(api: TwinApi, visit: Visit, language: () => Language) {
    this.#api = api;
    this.#visit = visit;
    this.#language = language;
    this.#feed = new AnswerFeed({
      readFrames: (_conversation, messageId, after) => api.frames(messageId, after),
      isPushed: () => this.#socket?.isOpen ?? false,
      isFinal: (error) => error instanceof SessionExpiredError || (error instanceof ApiError && error.status < 429),
      onSettled: () => undefined,
      onLost: (messageId) => this.#lost(messageId),
      onUnknown: () => undefined,
    });
    window.addEventListener("online", this.#online);
  }

  get isBusy(): boolean {
    const last = this.questions.get().at(-1);
    if (!last) return false;
    if (last.answer) return isInProgress(last.answer.status);
    return last.problem === null || last.problem.is === "waiting";
  }

  /** What was said in this tab before the page was loaded anew. */
  async restore(): Promise<void> {
    if (!this.#visit.isBegun || this.questions.get().length > 0) return;
    const messages = await this.#api.messages().catch(() => []);
    if (this.questions.get().length > 0) return;
    this.questions.set(asked(messages));
    for (const { answer } of this.questions.get()) if (answer) this.#follow(answer, false);
  }

  ask(text: string): void {
    const question: Question = { requestId: crypto.randomUUID(), text, problem: null, answer: null, waiting: null, rating: null, isPast: false };
    // Of those that were not taken the last one alone may be sent again.
    this.questions.set([...this.questions.get().filter(({ answer }) => answer !== null), question]);
    void this.#send(question.requestId);
  }

  sendAgain(requestId: string): void {
    this.#change(requestId, { problem: null });
    void this.#send(requestId);
  }

  /** Take back a question that was not taken; returns its text. */
  takeBack(requestId: string): string {
    clearTimeout(this.#timer);
    const text = this.#question(requestId)?.text ?? "";
    this.questions.set(this.questions.get().filter((question) => question.requestId !== requestId));
    return text;
  }

  async stop(messageId: string): Promise<void> {
    await this.#api.stop(messageId).catch(() => undefined);
    this.#feed.refresh(messageId);
  }

  /** Have an answer that failed, or was stopped, written anew. */
  async retry({ requestId, answer }: Question): Promise<void> {
    if (!answer) return;
    try {
      const turn = await this.#api.retry(answer.message_id);
      this.#taken(requestId, turn.answer);
    } catch (error) {
      const problem = this.#problemOf(error);
      if (problem.is === "ended") this.visitEnded();
      this.#change(requestId, { problem: ofRetry(problem) });
    }
  }

  async rate({ requestId, answer, rating: before }: Question, rating: Rating | null): Promise<void> {
    if (!answer) return;
    this.#change(requestId, { rating });
    await this.#api.rate(answer.message_id, rating).catch(() => this.#change(requestId, { rating: before }));
  }

  /** What was asked in this visit can be neither rated nor written anew in the next one. */
  visitEnded(): void {
    this.#socket?.stop();
    this.#socket = null;
    this.questions.set(this.questions.get().map((question) => (question.answer ? { ...question, isPast: true } : question)));
  }

  clear(): void {
    this.visitEnded();
    clearTimeout(this.#timer);
    this.questions.set([]);
  }

  dispose(): void {
    this.#disposed = true;
    window.removeEventListener("online", this.#online);
    clearTimeout(this.#timer);
    this.#socket?.stop();
    this.#feed.dispose();
    for (const unfollow of this.#unfollow) unfollow();
  }

  async #send(requestId: string): Promise<void> {
    const question = this.#question(requestId);
    if (!question) return;
    try {
      const turn = await this.#inVisit(() => this.#api.send(question.text, requestId, this.#language()));
      this.#taken(requestId, turn.answer);
    } catch (error) {
      if (!this.#disposed) this.#refused(requestId, this.#problemOf(error));
    }
  }

  /** Ask in the visit that there is, or in a new one: once more where it turns out to be over. */
  async #inVisit<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#visit.goesOn) await this.#begin();
    else this.#connect();
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SessionExpiredError) || this.#visit.isPreview) throw error;
      await this.#begin();
      return ask();
    }
  }

  async #begin(): Promise<void> {
    this.visitEnded();
    const [previous, from] = [this.#visit.previousToken(), referrer()];
    const begun = await this.#api.begin({
      language: this.#language(),
      ...this.#visit.choices,
      ...(from !== undefined && { referrer: from }),
      ...(previous !== null && { previous_token: previous }),
    });
    this.#visit.begun(begun);
    this.#connect();
  }

  /** Frames are read where no socket is to be had. */
  #connect(): void {
    const url = socketUrl();
    if (this.#socket || url === null || this.#disposed) return;
    this.#socket = new SocketClient({
      url,
      getTicket: async () => ({ ticket: await this.#api.ticket(), tokenExpiresAtMs: this.#visit.expiresAtMs }),
      onMessage: (text) => this.#feed.receive(decodeSocketMessage(text).filter(isAnswerFrame)),
      onOpenChange: () => this.#feed.resync(),
      isFinal: (error) => error instanceof SessionExpiredError,
    });
    this.#socket.start();
  }

  #taken(requestId: string, answer: Message): void {
    this.#unreached = 0;
    this.#change(requestId, { answer, problem: null, waiting: null, rating: null });
    this.#follow(answer, true);
  }

  #follow(answer: Message, fresh: boolean): void {
    if (!isInProgress(answer.status)) return;
    const { conversation_id: conversationId, message_id: messageId } = answer;
    const state = this.#feed.answer(messageId);
    const show = (): void => this.#changeAnswer(messageId, (held) => ({ answer: liveMessage(held, state.get()), waiting: state.get().waiting }));
    this.#unfollow.push(state.subscribe(show));
    this.#feed.follow(conversationId, messageId, { fresh });
    show();
    if (!fresh) this.#connect();
  }

  #problemOf(error: unknown): Problem {
    const problem = problemOf(error);
    return problem.is === "over" && !this.#visit.isPreview ? { is: "ended" } : problem;
  }

  #refused(requestId: string, problem: Problem): void {
    this.#change(requestId, { problem });
    clearTimeout(this.#timer);
    const waitMs = this.#waitMs(problem);
    if (waitMs !== null) this.#timer = setTimeout(() => this.sendAgain(requestId), waitMs);
  }

  /** After how long a question is sent by itself; null: it is not. */
  #waitMs(problem: Problem): number | null {
    if (problem.is === "waiting") return Math.max(0, problem.untilMs - Date.now());
    if (problem.is !== "offline") return null;
    // The browser may be online and the API be down: no event tells when that has passed.
    return FIRST_WAIT_MS * 2 ** Math.min(this.#unreached++, MOST_DOUBLINGS);
  }

  readonly #online = (): void => {
    const last = this.questions.get().at(-1);
    if (last?.answer === null && last.problem?.is === "offline") this.sendAgain(last.requestId);
  };

  /** Its visit is over, or it was erased elsewhere, while it was being written. */
  #lost(messageId: string): void {
    this.#changeAnswer(messageId, (held) => (isInProgress(held.status) ? { answer: { ...held, status: "interrupted" } } : {}));
  }

  #question(requestId: string): Question | undefined {
    return this.questions.get().find((question) => question.requestId === requestId);
  }

  #change(requestId: string, change: Partial<Question>): void {
    this.questions.set(this.questions.get().map((held) => (held.requestId === requestId ? { ...held, ...change } : held)));
  }

  #changeAnswer(messageId: string, change: (held: Message) => Partial<Question>): void {
    this.questions.set(
      this.questions.get().map((held) => (held.answer?.message_id === messageId ? { ...held, ...change(held.answer) } : held)),
    );
  }
}

/** Of an answer that is asked for anew, by whoever wants it: nothing is sent by itself. */
function ofRetry(problem: Problem): Problem {
  if (problem.is === "waiting") return { is: "limited", untilMs: problem.untilMs };
  return problem.is === "offline" ? { is: "failed" } : problem;
}

/** Questions with their last answers, from messages that are listed newest first. */
function asked(messages: readonly Message[]): Question[] {
  return messages
    .toReversed()
    .filter(({ role }) => role === "user")
    .map((message) => ({
      requestId: message.message_id,
      text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      problem: null,
      answer: messages.find(({ role, parent_id, status }) => role === "assistant" && parent_id === message.message_id && status !== "superseded") ?? null,
      waiting: null,
      rating: null,
      isPast: false,
    }));
}
