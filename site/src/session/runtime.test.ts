import { limits } from "@/test/limits";
import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import type { Conversation, File, Message, Page } from "@/api/types";
import { conversationKey, listKey } from "@/entities/conversations/list";
import { conversationFilesKey } from "@/entities/files/endpoints";
import { FakeApi } from "@/test/fakeApi";
import { answer, conversation } from "@/test/records";

import { messagesKey } from "./messages";
import { UNKNOWN_MS } from "@/entities/answers/answerFeed";
import { plainText } from "@/entities/answers/text";
import { REPEAT_AFTER_MS } from "./outbox";
import { ChatRuntime } from "./runtime";

let api: FakeApi;
let client: QueryClient;
let runtime: ChatRuntime;
let tabs: ChatRuntime[];
let stops: (() => void)[];
/** Requests to these paths get their answers late: as they were when they were asked for. */
let held: { method: string; path: RegExp; release: () => void }[];
/** What happens before the reply to the next message is lost. */
let loseReply: (() => void) | null;

const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };
const http = new ApiClient("https://api.test", tokens);
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function hold(path: RegExp, method = "GET"): { release: () => void } {
  const entry = { method, path, release: () => undefined as void };
  held.push(entry);
  return { release: () => entry.release() };
}

/** A list that is looked at. */
function watch<T>(queryKey: readonly unknown[], path: string) {
  const observer = new InfiniteQueryObserver(client, {
    queryKey,
    queryFn: ({ signal }) => http.get<Page<T>>(path, { signal }),
    initialPageParam: null,
    getNextPageParam: () => null,
  });
  stops.push(observer.subscribe(() => undefined));
  return () => observer.getCurrentResult().data?.pages.flatMap((page) => page.items);
}

const options = () => ({
  api: http,
  client,
  userId: "ada",
  limits,
  socketUrl: null,
  tokenExpiresAtMs: async () => Infinity,
  onFile: () => undefined,
  onFileDiscarded: () => undefined,
});

/** Opens at once. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  static push(...frames: object[]): void {
    for (const socket of FakeSocket.all) socket.onmessage?.({ data: JSON.stringify({ frames }) });
  }

  close(): void {}
}

const watchMessages = () => watch<Message>(messagesKey("c1"), "/conversations/c1/messages");
function watchConversation(): void {
  const queryFn = ({ signal }: { signal: AbortSignal }) => http.get<Conversation>("/conversations/c1", { signal });
  stops.push(new QueryObserver(client, { queryKey: conversationKey("c1"), queryFn }).subscribe(() => undefined));
}

function watchFiles(): void {
  const queryFn = ({ signal }: { signal: AbortSignal }) => http.get<{ items: File[] }>("/conversations/c1/files", { signal });
  stops.push(new QueryObserver(client, { queryKey: conversationFilesKey("c1"), queryFn }).subscribe(() => undefined));
}

const texts = (messages: Message[] | undefined) => messages?.map(({ content }) => plainText(content));

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi();
  api.install();
  const answerNow = fetch;
  held = [];
  loseReply = null;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    if (url.endsWith("/sockets")) return Response.json({ ticket: "t" });
    const reply = await answerNow(url, init);
    if (init.method === "POST" && loseReply) {
      loseReply();
      loseReply = null;
      throw new TypeError("Failed to fetch");
    }
    const index = held.findIndex(({ method, path }) => (init.method ?? "GET") === method && path.test(url));
    const [late] = index < 0 ? [] : held.splice(index, 1);
    if (late) await new Promise<void>((resolve) => (late.release = resolve));
    return reply;
  });
  api.conversations.set("c1", conversation());
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  stops = [];
  tabs = [];
  runtime = new ChatRuntime(options());
  runtime.start();
});

afterEach(() => {
  for (const opened of [runtime, ...tabs]) opened.dispose();
  for (const stop of stops) stop();
  client.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const send = (fields = {}) =>
  runtime.outbox.send({ request_id: crypto.randomUUID(), conversation_id: "c1", text: "Hello", ...fields });

/** A turn that has ended. */
async function turn(text: string): Promise<Message> {
  const { message_id: id } = api.beginElsewhere("c1", text);
  api.write(id, "ok");
  api.finish(id);
  return api.messages.at(-1) as Message;
}

/** What the server has once an answer is retried: a new one beside it. */
function retried(old: Message): Message {
  Object.assign(old, { status: "superseded" });
  const fresh = answer({ message_id: "m900", parent_id: old.parent_id, status: "queued", content: [] });
  api.messages.push(fresh);
  api.conversations.set("c1", { ...conversation(), head: fresh.message_id, answer_in_progress: fresh.message_id });
  return fresh;
}

describe("while messages are read, a message that the server takes", () => {
  it("does not end the first read for good", async () => {
    await turn("Before");
    const late = hold(/messages$/);
    const messages = watchMessages();
    await pass();
    send();
    await pass();
    late.release();
    await pass();
    expect(texts(messages())).toEqual(["", "Hello", "ok", "Before"]);
  });

  it("is not lost with its answer when the read was answered before", async () => {
    const old = await turn("Before");
    const messages = watchMessages();
    await pass();
    const late = hold(/messages$/);
    void client.invalidateQueries({ queryKey: messagesKey("c1") });
    await pass();
    runtime.answerReplaced(old.message_id, retried(old));
    late.release();
    await pass();
    expect(messages()?.map(({ status }) => status)).toEqual(["queued", "superseded", "complete"]);
  });

  it("stays where the conversation goes on, although that was read before", async () => {
    const old = await turn("Before");
    watchConversation();
    await pass();
    const late = hold(/c1$/);
    void client.invalidateQueries({ queryKey: conversationKey("c1") });
    await pass();
    const fresh = retried(old);
    runtime.answerReplaced(old.message_id, fresh);
    late.release();
    await pass();
    expect(client.getQueryData(conversationKey("c1"))).toMatchObject({ head: fresh.message_id });
  });
});

it("a message that follows what another device asked unheard does not stand alone", async () => {
  await turn("Before");
  const messages = watchMessages();
  await pass();
  await turn("From the phone");
  send();
  await pass();
  expect(texts(messages())).toEqual(["", "Hello", "ok", "From the phone", "ok", "Before"]);
});

it("an edit whose answer had ended when the server told of it is where the conversation goes on", async () => {
  const old = await turn("First try");
  watchConversation();
  await pass();
  loseReply = () => {
    const { message_id: id } = api.messages.at(-1) as Message;
    api.write(id, "ok");
    api.finish(id);
  };
  send({ text: "Second try", parent_id: null });
  await pass(REPEAT_AFTER_MS[0]);
  expect(client.getQueryData(conversationKey("c1"))).toMatchObject({ head: api.messages.at(-1)?.message_id, answer_in_progress: null });
  expect(api.messages.at(-1)?.message_id).not.toBe(old.message_id);
});

it("a conversation that begins while the list is read for the first time is in the list", async () => {
  const late = hold(/conversations$/);
  const listed = watch<Conversation>(listKey(false), "/conversations");
  await pass();
  send({ conversation_id: null });
  await pass();
  late.release();
  await pass();
  expect(listed()).toHaveLength(2);
});

function withSocket(): ChatRuntime {
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  const tab = new ChatRuntime({ ...options(), socketUrl: "wss://example.test" });
  tabs.push(tab);
  tab.start();
  return tab;
}

describe("a file that another device took out or put back", () => {
  const change = (fileIds: string[]) => api.conversations.set("c1", conversation({ file_ids: fileIds }));
  const told = (fileIds: string[]) =>
    FakeSocket.push({ type: "conversation.updated", conversation_id: "c1", file_ids: fileIds });
  const known = () => client.getQueryData<Conversation>(conversationKey("c1"))?.file_ids;
  const listed = () => client.getQueryData<{ items: File[] }>(conversationFilesKey("c1"))?.items.map((file) => file.file_id);

  beforeEach(() => {
    for (const id of ["f1", "f2"]) api.files.put({ file_id: id });
    change(["f1", "f2"]);
  });

  it("is known here at once, and its list is read again", async () => {
    withSocket();
    watchConversation();
    watchFiles();
    await pass();
    for (const fileIds of [["f2"], ["f1", "f2"]]) {
      change(fileIds);
      told(fileIds);
      expect(known()).toEqual(fileIds);
      await pass();
      expect(listed()).toEqual(fileIds);
    }
  });

  it("is not lost to what was being read for the first time, nor to another change at the same moment", async () => {
    withSocket();
    const late = [hold(/c1$/), hold(/files$/)];
    watchConversation();
    watchFiles();
    await pass();
    change([]);
    told(["f1"]);
    for (const { release } of late) release();
    await pass();
    expect([known(), listed()]).toEqual([[], []]);
  });

  it("costs nothing while the conversation is not looked at, and is read when it is", async () => {
    withSocket();
    watchConversation();
    watchFiles();
    await pass();
    for (const stop of stops.splice(0)) stop();
    const before = api.sent("GET", /c1/).length;
    change(["f2"]);
    told(["f2"]);
    await pass();
    expect(api.sent("GET", /c1/)).toHaveLength(before);
    watchFiles();
    await pass();
    expect(listed()).toEqual(["f2"]);
  });
});

it("an answer that another tab asked for is marked in the list, until it ends", async () => {
  withSocket();
  const listed = watch<Conversation>(listKey(false), "/conversations");
  await pass();
  const ids = { conversation_id: "c1", message_id: "m7" };
  FakeSocket.push({ type: "answer.started", ...ids, sequence: 1, model: "claude-a" });
  await pass(UNKNOWN_MS);
  expect(listed()).toMatchObject([{ answer_in_progress: "m7" }]);
  FakeSocket.push({ type: "answer.done", ...ids, sequence: 2, status: "complete" });
  expect(listed()).toMatchObject([{ answer_in_progress: null }]);
  expect(api.sent("GET", /frames/)).toHaveLength(0);
});

it.each([
  ["a conversation", "c1", /messages$/],
  ["a new conversation", null, /conversations$/],
])("an answer that had ended before the reply to its message came is not in progress: in %s", async (_, id, path) => {
  const tab = withSocket();
  const listed = watch<Conversation>(listKey(false), "/conversations");
  watchMessages();
  watchConversation();
  await pass();
  const late = hold(path, "POST");
  tab.outbox.send({ request_id: "r1", conversation_id: id, text: "Hello" });
  await pass();
  const { message_id, conversation_id } = api.messages.at(-1) as Message;
  const ids = { message_id, conversation_id };
  FakeSocket.push({ type: "answer.started", ...ids, sequence: 1, model: "claude-a" });
  await pass(UNKNOWN_MS);
  FakeSocket.push({ type: "answer.done", ...ids, sequence: 2, status: "complete" });
  api.finish(message_id);
  late.release();
  await pass();
  const known = client.getQueryData<Conversation>(conversationKey(conversation_id));
  const shown = listed()?.find((item) => item.conversation_id === conversation_id);
  expect([known?.answer_in_progress, shown?.answer_in_progress]).toEqual([null, null]);
  expect(known?.head).toBe(message_id);
  const read = client.getQueryData<{ pages: Page<Message>[] }>(messagesKey(conversation_id));
  expect(read?.pages.flatMap((page) => page.items.map(({ status }) => status))).toEqual(["complete", "complete"]);
});

it("a session that was ended elsewhere is known when its socket is closed, though nobody does anything", async () => {
  const markEnded = vi.fn<() => void>();
  const tab = new ChatRuntime({ ...options(), api: new ApiClient("https://api.test", { ...tokens, markEnded }), socketUrl: "wss://example.test" });
  tabs.push(tab);
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  tab.start();
  await pass(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  const asked = vi.fn<(url: string) => Promise<Response>>(async () =>
    Response.json({ error: { code: "session_ended", message: "This session was ended." } }, { status: 401 }),
  );
  vi.stubGlobal("fetch", asked);
  FakeSocket.all[0]?.onclose?.();
  await pass(2_000);
  expect(markEnded).toHaveBeenCalledTimes(1);
  await pass(60 * 60_000);
  expect(asked, "and nothing is asked for any more").toHaveBeenCalledTimes(1);
});

it("a draft is followed as long as the runtime lives", () => {
  const lose = (text: string): string => {
    const draft = runtime.drafts.of("c1");
    draft.set(text);
    const key = "chatapp.draft.ada.c1";
    window.dispatchEvent(new StorageEvent("storage", { key, oldValue: text, newValue: null }));
    return draft.get();
  };
  expect(lose("Sent by another tab")).toBe("");
  runtime.dispose();
  expect(lose("Of the one that follows")).toBe("Of the one that follows");
});

it("what got no answer goes out again once the socket is back, though the browser never knew that it was offline", async () => {
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  const tab = new ChatRuntime({ ...options(), socketUrl: "wss://example.test" });
  tabs.push(tab);
  tab.start();
  await pass(100);
  api.offline = 3;
  tab.outbox.send({ conversation_id: "c1", text: "Hello", model: "claude-a", request_id: "r1" });
  await pass(5_000);
  expect(api.sent("POST", /\/messages$/)).toHaveLength(3);
  FakeSocket.all.at(-1)?.onclose?.();
  await pass(3_000);
  expect(api.sent("POST", /\/messages$/)).toHaveLength(4);
});
