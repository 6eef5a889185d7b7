/** The HTTP API in memory: one person's conversations, answered by hand. Behaves as the real one where the site can tell. */
import { vi } from "vitest";

import type { AnswerFrame } from "@/api/frames";
import type { Conversation, Message } from "@/api/types";

import { FakeFiles, refusal, type Reply } from "./fakeFiles";
import { answer, conversation, message, models } from "./records";

interface Request {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
}

export class FakeApi {
  readonly requests: Request[] = [];
  readonly files = new FakeFiles();
  readonly conversations = new Map<string, Conversation>();
  readonly messages: Message[] = [];
  messagesAPage = 30;
  readonly frames = new Map<string, AnswerFrame[]>();
  /** The next requests get no answer at all. */
  offline = 0;
  /** The next message is refused: too many were sent. How long the limit lasts, in seconds. */
  limitedForS = 0;
  /** A token that the API refuses. */
  isExpired = false;
  #turns = new Map<string, { user_message: Message; answer: Message }>();
  #count = 0;

  install(): void {
    this.files.install();
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.#fetch(url, init));
  }

  sent(method: string, pattern: RegExp): Request[] {
    return this.requests.filter((request) => request.method === method && pattern.test(request.path));
  }

  /** An answer that another tab asked for. */
  beginElsewhere(conversationId: string, text: string): Message {
    return this.#turn(conversationId, text, null).answer;
  }

  write(answerId: string, text: string): void {
    const log = this.frames.get(answerId) ?? [];
    const ids = { conversation_id: this.#message(answerId).conversation_id, message_id: answerId };
    if (log.length === 0) log.push({ type: "answer.started", ...ids, sequence: 1, model: "claude-a" });
    log.push({ type: "answer.delta", ...ids, sequence: log.length + 1, block: 0, kind: "text", text });
    this.frames.set(answerId, log);
    this.#change(answerId, { status: "streaming" });
  }

  finish(answerId: string, status: "complete" | "stopped" = "complete"): void {
    const log = this.frames.get(answerId) ?? [];
    const text = log.map((frame) => (frame.type === "answer.delta" ? frame.text : "")).join("");
    const { conversation_id } = this.#message(answerId);
    const ids = { conversation_id, message_id: answerId };
    log.push({ type: "answer.done", ...ids, sequence: log.length + 1, status, stop_reason: "end_turn", usage: null, error: null });
    this.frames.set(answerId, log);
    this.#change(answerId, { status, content: [{ type: "text", text }] });
    const held = this.conversations.get(conversation_id);
    if (held) this.conversations.set(conversation_id, { ...held, answer_in_progress: null });
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const path = url.replace(/^https:\/\/api\.test/, "");
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : null;
    const request = { method: init.method ?? "GET", path, body };
    this.requests.push(request);
    if (this.isExpired) return Response.json({ error: { code: "unauthorized", message: "expired" } }, { status: 401 });
    if (this.offline > 0) {
      this.offline -= 1;
      throw new TypeError("Failed to fetch");
    }
    if (url.startsWith("https://storage.test/")) return new Response(new Blob(["a picture"]));
    const [status, reply] = this.#route(request);
    return Response.json(reply, { status });
  }

  #route({ method, path, body }: Request): Reply {
    const [, conversationId = "", messageId = "", action = ""] =
      /^\/conversations\/([^/?]+)(?:\/messages(?:\/([^/?]+)\/(\w+))?)?/.exec(path) ?? [];
    if (path === "/models") return [200, { items: models }];
    if (path === "/sessions/end") return [200, { ended: "this", within_s: 5 }];
    const ofFiles = this.files.route(method, path, body);
    if (ofFiles) return ofFiles;
    if (path.startsWith("/conversations?") || path === "/conversations") {
      return method === "POST" ? this.#create(body) : [200, { items: [...this.conversations.values()], next_cursor: null }];
    }
    const held = this.conversations.get(conversationId);
    if (!held) return refusal(404, "not_found");
    if (/\/files(\/|$)/.test(path)) return this.#changeFiles(method, path, held);
    if (action === "frames") return this.#readFrames(messageId, path);
    if (action === "stop") return this.#stop(messageId);
    if (path.includes("/messages")) return method === "POST" ? this.#send(held, body) : this.#list(conversationId, path);
    return [200, held];
  }

  #create(body: Request["body"]): Reply {
    const first = body?.["message"] as { text: string; request_id: string; file_ids?: string[] };
    const refused = this.#refusedFiles(first.file_ids);
    if (refused) return refused;
    const id = `c-${first.request_id}`;
    if (!this.conversations.has(id)) this.conversations.set(id, conversation({ conversation_id: id, title: null }));
    const turn = this.#turns.get(first.request_id) ?? this.#turn(id, first.text, null, first.file_ids);
    this.#turns.set(first.request_id, turn);
    return [201, { ...this.conversations.get(id), ...turn }];
  }

  #send(held: Conversation, body: Request["body"]): Reply {
    const waitS = this.limitedForS;
    this.limitedForS = 0;
    if (waitS > 0) return refusal(429, "rate_limited", { retry_after_s: waitS });
    const requestId = String(body?.["request_id"]);
    const repeated = this.#turns.get(requestId);
    if (repeated) return [202, repeated];
    if (held.answer_in_progress) return refusal(409, "answer_in_progress", { message_id: held.answer_in_progress });
    const fileIds = body?.["file_ids"] as string[] | undefined;
    const refused = this.#refusedFiles(fileIds);
    if (refused) return refused;
    const parent = body && "parent_id" in body ? (body["parent_id"] as string | null) : held.head;
    const turn = this.#turn(held.conversation_id, String(body?.["text"]), parent, fileIds);
    this.#turns.set(requestId, turn);
    return [202, turn];
  }

  #refusedFiles(ids: string[] = []): Reply | null {
    const [first, second] = this.files.attach(ids);
    return typeof first === "number" ? [first, second] : null;
  }

  #changeFiles(method: string, path: string, held: Conversation): Reply {
    const reply = this.files.routeConversation(method, path, held);
    if (Array.isArray(reply)) return reply;
    this.conversations.set(held.conversation_id, reply);
    return [200, reply];
  }

  #turn(conversationId: string, text: string, parentId: string | null, fileIds: string[] = []) {
    const ids = { conversation_id: conversationId };
    const userMessage = message({
      ...ids,
      message_id: this.#nextId(),
      parent_id: parentId,
      content: [{ type: "text", text }],
      files: fileIds.map((id) => this.files.attached(id)),
    });
    const queued = answer({
      ...ids,
      message_id: this.#nextId(),
      parent_id: userMessage.message_id,
      status: "queued",
      content: [],
    });
    this.messages.push(userMessage, queued);
    const held = this.conversations.get(conversationId) ?? conversation({ conversation_id: conversationId });
    const progress = { head: queued.message_id, answer_in_progress: queued.message_id };
    const file_ids = [...new Set([...held.file_ids, ...fileIds])];
    this.conversations.set(conversationId, { ...held, ...progress, file_ids });
    return { user_message: userMessage, answer: queued };
  }

  #list(conversationId: string, path: string): Reply {
    const all = this.messages.filter((item) => item.conversation_id === conversationId).toReversed();
    const from = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
    const to = from + this.messagesAPage;
    return [200, { items: all.slice(from, to), next_cursor: to < all.length ? String(to) : null }];
  }

  #readFrames(messageId: string, path: string): Reply {
    const after = Number(/after=(\d+)/.exec(path)?.[1] ?? 0);
    const items = (this.frames.get(messageId) ?? []).filter((frame) => frame.sequence > after);
    return [200, { items, status: this.#message(messageId).status }];
  }

  #stop(messageId: string): Reply {
    this.finish(messageId, "stopped");
    return [202, this.#message(messageId)];
  }

  #message(id: string): Message {
    const found = this.messages.find((item) => item.message_id === id);
    if (!found) throw new Error(`There is no message ${id}.`);
    return found;
  }

  #change(id: string, change: Partial<Message>): void {
    Object.assign(this.#message(id), change);
  }

  #nextId(): string {
    this.#count += 1;
    return `m${String(this.#count).padStart(3, "0")}`;
  }
}
