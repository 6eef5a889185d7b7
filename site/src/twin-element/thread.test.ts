/** The conversation as a socket tells it, and as it is read where there is none. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { plainText } from "@/entities/answers/text";
import { FakeTwin, frames } from "@/test/fakeTwin";

import { TwinApi } from "./api";
import { Thread } from "./thread";
import { Visit } from "./visit";

vi.mock("./api", async (original) => ({ ...(await original<object>()), socketUrl: () => "wss://socket.test" }));

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: () => void = () => undefined;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  push(...pushed: unknown[]): void {
    this.onmessage({ data: JSON.stringify({ frames: pushed }) });
  }

  close(): void {
    this.onclose();
  }
}

let server: FakeTwin;
let thread: Thread;

const last = () => thread.questions.get().at(-1);
const text = () => plainText(last()?.answer?.content ?? []);
const reads = () => server.sent.filter(({ path }) => path.endsWith("/frames")).length;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** What the server would push of the last answer. */
const pushed = () => frames(last()?.answer?.message_id ?? "", server.content);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  server = new FakeTwin();
  server.instead.set("POST /twins/me/sockets", [[200, { ticket: "t 1", expires_in_s: 60 }]]);
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("WebSocket", FakeSocket);
  const visit = new Visit("me", null);
  thread = new Thread(new TwinApi("me", visit), visit, () => "en");
});

afterEach(() => {
  thread.dispose();
  sessionStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("grows as the socket tells, in any order and twice, and is read for nothing", async () => {
  server.content = [{ type: "text", text: "One " }, { type: "text", text: "two." }];
  thread.ask("Count.");
  await pass(0);
  const [socket] = FakeSocket.all;
  expect(socket?.url).toBe("wss://socket.test?ticket=t%201");
  socket?.onopen();
  const before = reads();
  const [started, one, two, done] = pushed();
  socket?.push(started, one);
  expect([text(), last()?.answer?.status]).toEqual(["One ", "streaming"]);
  socket?.push(done, one, two);
  expect([text(), last()?.answer?.status, thread.isBusy]).toEqual(["One two.", "complete", false]);
  await pass(60_000);
  expect(reads() - before).toBeLessThanOrEqual(1);
});

it("knows why the model is asked again, until it answers", async () => {
  thread.ask("One?");
  await pass(0);
  const [socket] = FakeSocket.all;
  socket?.onopen();
  const [started, delta] = pushed() as Record<string, unknown>[];
  const until = "2026-11-21T12:01:00.000Z";
  socket?.push(started, { ...started, type: "answer.waiting", code: "model_overloaded", until, sequence: 2 });
  expect(last()?.waiting).toEqual({ code: "model_overloaded", until });
  socket?.push({ ...delta, sequence: 3 });
  expect([text(), last()?.waiting]).toEqual(["An answer.", null]);
});

it("is read where the socket is refused", async () => {
  thread.ask("One?");
  await pass(0);
  FakeSocket.all[0]?.close();
  await pass(3_000);
  expect([text(), last()?.answer?.status]).toEqual(["An answer.", "complete"]);
});

it("opens and sends nothing any more once it is gone", async () => {
  server.instead.set("POST /twins/me/messages", [new TypeError("Failed to fetch")]);
  thread.ask("One?");
  thread.dispose();
  await pass(60_000);
  expect([FakeSocket.all.length, vi.getTimerCount()]).toEqual([0, 0]);
  expect(server.of("POST", "/twins/me/messages")).toHaveLength(1);
});

it("is interrupted where its visit was erased meanwhile", async () => {
  const path = () => `GET /twins/me/messages/${last()?.answer?.message_id}/frames`;
  thread.ask("One?");
  await pass(0);
  server.instead.set(path(), [[401, { error: { code: "visit_over", message: "Over." } }]]);
  await pass(3_000);
  expect(last()?.answer?.status).toBe("interrupted");
  expect(server.visits, "reading begins no visit").toBe(1);
});

it("opens its socket with the visit that it is in", async () => {
  thread.ask("One?");
  await pass(3_000);
  server.instead.set("POST /twins/me/messages", [[401, { error: { code: "visit_over", message: "Over." } }]]);
  server.instead.set("POST /twins/me/sockets", [[200, { ticket: "t2", expires_in_s: 60 }]]);
  thread.ask("Two?");
  await pass(0);
  expect(server.of("POST", "/twins/me/sockets").map(({ token }) => token)).toEqual(["Bearer token-1", "Bearer token-2"]);
});
