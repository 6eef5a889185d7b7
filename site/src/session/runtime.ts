/**
 * What the chat keeps running for a signed-in person: socket, answers in progress, outgoing messages, drafts, uploads.
 * Made at sign-in, disposed of when the session ends. It writes what it learns into the query cache.
 */
import type { QueryClient } from "@tanstack/react-query";

import { ApiError, SessionExpiredError, type ApiClient } from "@/api/client";
import { decodeSocketMessage, isAnswerFrame, type ConversationFrame, type Frame } from "@/api/frames";
import type { Conversation, ConversationSummary, File as StoredFile, Message, NewConversation, SocketTicket } from "@/api/types";
import { insertCached, readAnew, rereadLists, updateCached } from "@/entities/conversations/cache";
import { conversationKey, listsKey } from "@/entities/conversations/list";
import { Drafts } from "./drafts";
import { conversationFilesKey, fileEndpoints } from "@/entities/files/endpoints";
import { fitImage } from "@/entities/files/fitImage";
import { postForm } from "@/entities/files/postForm";
import { Uploads } from "@/entities/files/uploads";
import type { Limits } from "@/lib/config";
import { Ownership } from "@/lib/ownership";

import { followKnown, messagesKey, postMessage, readFrames, seedMessages, updateMessage, upsertMessages, type Sent } from "./messages";
import { AnswerFeed } from "@/entities/answers/answerFeed";
import { isInProgress, isSettled, type AnswerState } from "@/entities/answers/answerReducer";
import { liveMessage } from "@/entities/answers/liveMessage";
import { NEW_CONVERSATION, Outbox, outboxKey, type Unsent } from "./outbox";
import { SocketClient } from "./socketClient";
import { Waker } from "./waking";

/** When a title, written by the model after the first answer, is looked for where it is not pushed. */
const TITLE_CHECKS_MS: readonly number[] = [2_500, 8_000];

/** The tab's own: a runtime that follows another one here, after a new sign-in, has the same records. */
const ownership = new Ownership();

export interface RuntimeOptions {
  api: ApiClient;
  client: QueryClient;
  userId: string;
  limits: Limits;
  /** null: no sockets; frames are read instead. */
  socketUrl: string | null;
  tokenExpiresAtMs(): Promise<number>;
  /** The server has told of a file. */
  onFile(file: StoredFile): void;
  onFileDiscarded(fileId: string): void;
}

/** Told of each message that the server has taken. */
type SentListener = (unsent: Unsent, conversationId: string) => void;

export class ChatRuntime {
  readonly feed: AnswerFeed;
  readonly outbox: Outbox<Sent>;
  readonly drafts: Drafts;
  readonly waker: Waker;
  readonly uploads: Uploads;
  readonly #options: RuntimeOptions;
  readonly #socket: SocketClient | null;
  readonly #sentListeners = new Set<SentListener>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #unfollow: (() => void) | undefined;
  #wasOpen = false;

  constructor(options: RuntimeOptions) {
    const { api, socketUrl, userId } = options;
    this.#options = options;
    this.drafts = new Drafts(userId);
    this.feed = new AnswerFeed({
      readFrames: (conversationId, messageId, after) => readFrames(api, conversationId, messageId, after),
      isPushed: () => this.#socket?.isOpen ?? false,
      isFinal: isFinalError,
      onSettled: (conversationId, messageId, state) => this.#onSettled(conversationId, messageId, state),
      onLost: (messageId) => this.outbox.release(messageId),
      onUnknown: (conversationId, messageId) => this.#onUnknown(conversationId, messageId),
    });
    this.uploads = new Uploads({
      limits: options.limits,
      userId,
      endpoints: fileEndpoints(api),
      sendForm: postForm,
      fit: (file) => fitImage(file),
      isPushed: () => this.#socket?.isOpen ?? false,
      onFile: options.onFile,
      onDiscarded: options.onFileDiscarded,
      ownership,
    });
    this.outbox = new Outbox<Sent>(userId, {
      ownership,
      files: this.uploads,
      post: (unsent, fileIds) => postMessage(api, unsent, fileIds),
      onSent: (unsent, sent) => this.#onSent(unsent, sent),
      onBlocked: (unsent, messageId) => this.#onBlocked(unsent, messageId),
      onExpired: (unsent) => this.drafts.putBack(outboxKey(unsent.conversation_id), unsent.text, unsent.files),
    });
    this.uploads.subscribe(() => this.outbox.filesChanged());
    this.waker = new Waker({ wake: () => api.post("/wake"), now: () => Date.now() });
    this.#socket = socketUrl === null ? null : this.#createSocket(socketUrl);
  }

  start(): void {
    window.addEventListener("pagehide", this.drafts.flush);
    window.addEventListener("online", this.uploads.resume);
    window.addEventListener("online", this.outbox.resume);
    this.#unfollow = this.drafts.follow();
    this.#socket?.start();
    this.outbox.restore();
  }

  dispose(): void {
    window.removeEventListener("pagehide", this.drafts.flush);
    window.removeEventListener("online", this.uploads.resume);
    window.removeEventListener("online", this.outbox.resume);
    this.#unfollow?.();
    this.drafts.flush();
    this.#socket?.stop();
    this.feed.dispose();
    this.outbox.dispose();
    this.uploads.dispose();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  onSent(listener: SentListener): () => void {
    this.#sentListeners.add(listener);
    return () => this.#sentListeners.delete(listener);
  }

  /** A new answer to an old prompt has been accepted; the old answer makes room. */
  answerReplaced(replacedId: string, answer: Message): void {
    const { client } = this.#options;
    updateMessage(client, answer.conversation_id, replacedId, (old) => ({ ...old, status: "superseded" }));
    this.#turnBegun([answer], answer);
  }

  /** Put a file of the server into the draft of a conversation that does not exist yet. False: it has no room for it. */
  attachToNew(file: StoredFile): boolean {
    const files = this.drafts.filesOf(NEW_CONVERSATION);
    const held = files.get().map((key) => this.uploads.attachment(key).get()?.file_id);
    if (held.includes(file.file_id)) return true;
    if (held.length >= this.#options.limits.files_a_message) return false;
    files.set([...files.get(), this.uploads.adopt(file)]);
    return true;
  }

  #createSocket(url: string): SocketClient {
    const { api, tokenExpiresAtMs } = this.#options;
    return new SocketClient({
      url,
      getTicket: async () => {
        const { ticket } = await api.post<SocketTicket>("/sockets");
        return { ticket, tokenExpiresAtMs: await tokenExpiresAtMs() };
      },
      onMessage: (text) => this.#receive(decodeSocketMessage(text)),
      onOpenChange: (open) => this.#onSocketChange(open),
      isFinal: (error) => error instanceof SessionExpiredError,
    });
  }

  #receive(frames: readonly Frame[]): void {
    this.feed.receive(frames.filter(isAnswerFrame));
    const files = frames.flatMap((frame) => (frame.type === "file.updated" ? [frame.file] : []));
    this.uploads.receive(files);
    for (const file of files) this.#options.onFile(file);
    for (const frame of frames) if (frame.type === "conversation.updated") this.#onConversationUpdated(frame);
  }

  #onSocketChange(open: boolean): void {
    this.feed.resync();
    // What other devices did while the socket was away was not pushed here.
    if (open && this.#wasOpen) void this.#options.client.invalidateQueries({ queryKey: listsKey });
    this.#wasOpen ||= open;
    // A browser may never have noticed that it was offline.
    if (open) this.outbox.resume();
  }

  #onConversationUpdated({ type: _, conversation_id: id, ...fields }: ConversationFrame): void {
    const { client } = this.#options;
    if (updateCached(client, id, fields as Partial<Conversation>)) rereadLists(client);
    else void client.invalidateQueries({ queryKey: listsKey });
    if (fields.file_ids) this.#filesChanged(id);
  }

  /** On any device; two of them at once may each have told of its own change only. */
  #filesChanged(conversationId: string): void {
    const { client } = this.#options;
    for (const queryKey of [conversationKey(conversationId), conversationFilesKey(conversationId)]) {
      // A first read that is under way would only be waited for.
      void client.cancelQueries({ queryKey });
      void client.invalidateQueries({ queryKey });
    }
  }

  #onSent(unsent: Unsent, sent: Sent): void {
    const { user_message: userMessage, answer } = sent;
    this.uploads.forget(unsent.files ?? []);
    if (!userMessage || !answer) return;
    const conversationId = answer.conversation_id;
    if (unsent.conversation_id === null) this.#conversationBegun(sent as NewConversation, userMessage, answer);
    this.#filesJoined(userMessage);
    this.#turnBegun([userMessage, answer], answer);
    for (const listener of this.#sentListeners) listener(unsent, conversationId);
  }

  #conversationBegun(created: NewConversation, userMessage: Message, answer: Message): void {
    const { client } = this.#options;
    const { user_message: _, answer: __, ...conversation } = created;
    client.setQueryData(conversationKey(conversation.conversation_id), conversation);
    seedMessages(client, conversation.conversation_id, [userMessage, answer]);
    insertCached(client, conversation);
    rereadLists(client);
    // Written below the first message while that one was on its way.
    this.drafts.move(NEW_CONVERSATION, conversation.conversation_id);
  }

  /** A message's files stay with its conversation. */
  #filesJoined({ conversation_id: conversationId, files }: Message): void {
    if (files.length === 0) return;
    const { client } = this.#options;
    client.setQueryData<Conversation>(
      conversationKey(conversationId),
      (held) => held && { ...held, file_ids: [...new Set([...held.file_ids, ...files.map((file) => file.file_id)])] },
    );
    void client.invalidateQueries({ queryKey: conversationFilesKey(conversationId) });
  }

  #turnBegun(messages: readonly Message[], answer: Message): void {
    const { client } = this.#options;
    const { conversation_id: conversationId, message_id: messageId } = answer;
    // Its frames may have overtaken the reply that tells of it.
    const state = this.feed.answer(messageId).get();
    upsertMessages(client, conversationId, messages.map((message) => (message === answer ? liveMessage(answer, state) : message)));
    // It may follow what another device asked, where nothing was pushed here.
    if (followKnown(client, conversationId, messages)) readAnew(client, messagesKey(conversationId));
    else void client.invalidateQueries({ queryKey: messagesKey(conversationId) });
    if (!isInProgress(answer.status) || isSettled(state)) return this.#toldLate(conversationId, messageId);
    updateCached(client, conversationId, (held) => ({
      head: messageId,
      answer_in_progress: messageId,
      timestamp: answer.created_at > held.timestamp ? answer.created_at : held.timestamp,
      // It was used; when it ends now is read with the conversation.
      kept_until: null,
    }));
    readAnew(client, conversationKey(conversationId));
    this.feed.follow(conversationId, messageId, { fresh: true });
  }

  /** An answer has ended before its beginning was told: by now the conversation may have gone on. */
  #toldLate(conversationId: string, messageId: string): void {
    const { client } = this.#options;
    updateCached(client, conversationId, withoutAnswer(messageId));
    for (const queryKey of [conversationKey(conversationId), listsKey]) void client.invalidateQueries({ queryKey });
  }

  #onBlocked(unsent: Unsent, messageId: string): void {
    const conversationId = unsent.conversation_id;
    if (conversationId === null) return;
    if (isSettled(this.feed.answer(messageId).get())) return this.outbox.release(messageId);
    this.#onUnknown(conversationId, messageId);
    this.feed.follow(conversationId, messageId);
  }

  /** An answer of this user that another tab or device asked for. */
  #onUnknown(conversationId: string, messageId: string): void {
    const { client } = this.#options;
    const held = updateCached(client, conversationId, { answer_in_progress: messageId });
    if (!held) void client.invalidateQueries({ queryKey: listsKey });
    void client.invalidateQueries({ queryKey: conversationKey(conversationId) });
    void client.invalidateQueries({ queryKey: messagesKey(conversationId) });
  }

  #onSettled(conversationId: string, messageId: string, state: AnswerState): void {
    const { client } = this.#options;
    updateMessage(client, conversationId, messageId, (message) => liveMessage(message, state));
    updateCached(client, conversationId, withoutAnswer(messageId));
    rereadLists(client);
    this.outbox.release(messageId);
    for (const delayMs of TITLE_CHECKS_MS) this.#after(delayMs, () => void this.#lookForTitle(conversationId));
  }

  async #lookForTitle(conversationId: string): Promise<void> {
    const { api, client } = this.#options;
    const held = client.getQueryData<Conversation>(conversationKey(conversationId));
    if (!held || held.title !== null) return;
    const conversation = await api.get<Conversation>(`/conversations/${conversationId}`).catch(() => null);
    if (conversation?.title) updateCached(client, conversationId, { title: conversation.title });
  }

  #after(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }
}

const withoutAnswer = (messageId: string) => (held: ConversationSummary): Partial<Conversation> =>
  held.answer_in_progress === messageId ? { answer_in_progress: null } : {};

/** Whether an answer will never be readable: it is gone, or the session is over. */
const isFinalError = (error: unknown): boolean =>
  error instanceof SessionExpiredError || (error instanceof ApiError && error.status >= 400 && error.status < 429);
