import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, NetworkError, SessionExpiredError } from "@/api/client";

import { FakeMessageServer, unsent } from "@/test/fakeOutbox";
import { REPEAT_AFTER_MS } from "./outbox";

const inProgress = (messageId: string) => new ApiError(409, "answer_in_progress", "busy", { message_id: messageId });
const offline = () => new NetworkError("offline");

/** Let everything that has no timer happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const repeats = () => vi.advanceTimersByTimeAsync(REPEAT_AFTER_MS.reduce((sum, pause) => sum + pause, 0));

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => vi.useRealTimers());

describe("Outbox", () => {
  it("sends a message and forgets it", async () => {
    const server = new FakeMessageServer("turn");
    const outbox = server.outbox();
    expect(outbox.send(unsent())).toBe(true);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "sending", text: "Hello" });
    await settle();
    expect(server.sent).toEqual([[unsent(), "turn"]]);
    expect(outbox.entry("c1").get()).toBeNull();
    expect(localStorage).toHaveLength(0);
  });

  it("takes one message of a conversation at a time, and those of others beside it", () => {
    const outbox = new FakeMessageServer().outbox();
    outbox.send(unsent());
    expect(outbox.send(unsent({ request_id: "request-2" }))).toBe(false);
    expect(outbox.send(unsent({ request_id: "request-3", conversation_id: null }))).toBe(true);
  });

  it("repeats by itself with the same request_id when no answer came", async () => {
    const server = new FakeMessageServer(offline(), new ApiError(503, "unavailable", "stored, not started"), "turn");
    server.outbox().send(unsent());
    await settle();
    await repeats();
    expect(server.received.map((sent) => sent.request_id)).toEqual(["request-1", "request-1", "request-1"]);
    expect(server.sent).toHaveLength(1);
  });

  it("keeps the text when the network stays away, and retries it as the same message", async () => {
    const server = new FakeMessageServer(offline(), offline(), offline());
    const outbox = server.outbox();
    outbox.send(unsent({ parent_id: null, model: "claude-b" }));
    await settle();
    await repeats();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed", text: "Hello", error: expect.any(NetworkError) });
    outbox.retry("c1");
    await settle();
    expect(server.received).toHaveLength(4);
    expect(server.received.every((sent) => JSON.stringify(sent) === JSON.stringify(server.received[0]))).toBe(true);
    expect(server.received[0]).toMatchObject({ parent_id: null, model: "claude-b" });
    expect(server.sent).toHaveLength(1);
  });

  it("repeats what there was no room for at the gate", async () => {
    const server = new FakeMessageServer(new ApiError(429, "throttled", "too many"), new ApiError(429, "throttled", "too many"), "turn");
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "sending" });
    await repeats();
    expect(server.sent).toHaveLength(1);
    expect(server.received).toHaveLength(3);
  });

  it("counts what this browser has no room to keep", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const outbox = new FakeMessageServer(inProgress("a9"), "turn").outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.count()).toBe(1);
    outbox.release("a9");
    await settle();
    expect(outbox.count()).toBe(0);
  });

  it("counts what it holds and what other tabs hold, each once", async () => {
    const outbox = new FakeMessageServer(inProgress("a9")).outbox();
    new FakeMessageServer(inProgress("a8")).outbox().send(unsent({ conversation_id: "c2", request_id: "request-2" }));
    outbox.send(unsent());
    await settle();
    expect(outbox.count()).toBe(2);
  });

  it("does not repeat what the server refuses", async () => {
    const server = new FakeMessageServer(new ApiError(429, "budget_spent", "spent"));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    await repeats();
    expect(server.received).toHaveLength(1);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed" });
  });

  it("waits while another answer is in progress, keeps the text, and sends it once when that one ends", async () => {
    const server = new FakeMessageServer(inProgress("a9"), "turn");
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting", blocked_by: "a9", text: "Hello" });
    expect(server.blocked).toEqual(["a9"]);
    outbox.release("some other answer");
    await settle();
    expect(server.received).toHaveLength(1);
    outbox.release("a9");
    outbox.release("a9");
    await settle();
    expect(server.received.map((sent) => sent.request_id)).toEqual(["request-1", "request-1"]);
    expect(server.sent).toHaveLength(1);
  });

  it("waits again when somebody else was faster", async () => {
    const server = new FakeMessageServer(inProgress("a1"), inProgress("a2"), "turn");
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    outbox.release("a1");
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting", blocked_by: "a2" });
    outbox.release("a2");
    await settle();
    expect(server.sent).toHaveLength(1);
  });

  it("can hold a message back for an answer that is known to be in progress", async () => {
    const server = new FakeMessageServer();
    const outbox = server.outbox();
    outbox.sendAfter(unsent(), "a1");
    await settle();
    expect(server.received).toHaveLength(0);
    outbox.release("a1");
    await settle();
    expect(server.sent).toHaveLength(1);
  });

  it("gives a waiting or failed message back, but not one that is on its way", async () => {
    const server = new FakeMessageServer(inProgress("a1"));
    const outbox = server.outbox();
    outbox.send(unsent());
    expect(outbox.cancel("c1")).toBeNull();
    await settle();
    expect(outbox.cancel("c1")).toEqual(unsent());
    outbox.release("a1");
    await settle();
    expect(server.received).toHaveLength(1);
    expect(localStorage).toHaveLength(0);
  });

  it("gives the text to the draft when the session is over, also after it was disposed of", async () => {
    const server = new FakeMessageServer(new SessionExpiredError("over"));
    const outbox = server.outbox();
    outbox.send(unsent());
    outbox.dispose();
    await settle();
    expect(server.expired).toEqual([unsent()]);
    expect(localStorage).toHaveLength(0);
  });

  it("takes another request_id when the server knows this one for another text", async () => {
    const server = new FakeMessageServer(new ApiError(409, "request_id_reused", "reused"));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    outbox.retry("c1");
    await settle();
    expect(server.received[1]).toMatchObject({ text: "Hello" });
    expect(server.received[1]?.request_id).not.toBe("request-1");
  });
});

describe("a message with files", () => {
  it("is held until the last of them is ready, then goes out once with their ids", async () => {
    const server = new FakeMessageServer("turn");
    server.files.states.set("k1", "waiting").set("k2", "waiting");
    const outbox = server.outbox();
    expect(outbox.send(unsent({ files: ["k1", "k2"] }))).toBe(true);
    await settle();
    server.files.states.set("k1", "ready");
    outbox.filesChanged();
    await settle();
    expect(server.received).toHaveLength(0);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting_files" });
    server.files.states.set("k2", "ready");
    outbox.filesChanged();
    outbox.filesChanged();
    await settle();
    expect(server.receivedFiles).toEqual([["id of k1", "id of k2"]]);
    expect(outbox.entry("c1").get()).toBeNull();
  });

  it("waits again, as the same message, when the server says that a file is not ready", async () => {
    const notReady = new ApiError(409, "file_not_ready", "later", { field: "file_ids", file_id: "id of k1" });
    const server = new FakeMessageServer(notReady, "turn");
    const outbox = server.outbox();
    outbox.send(unsent({ files: ["k1"] }));
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting_files" });
    expect(server.files.rechecked).toEqual(["id of k1"]);
    outbox.filesChanged();
    await settle();
    expect(server.received).toHaveLength(1);
    server.files.states.set("k1", "ready");
    outbox.filesChanged();
    await settle();
    expect(server.received.map((sent) => sent.request_id)).toEqual(["request-1", "request-1"]);
    expect(server.sent).toHaveLength(1);
  });

  it("comes back to the person with the reason, and nothing of it is lost, when a file fails", async () => {
    const server = new FakeMessageServer();
    server.files.states.set("k1", "waiting");
    const outbox = server.outbox();
    outbox.send(unsent({ files: ["k1"] }));
    server.files.states.set("k1", "failed");
    outbox.filesChanged();
    await settle();
    expect(server.received).toHaveLength(0);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed", error: { problem: { code: "no_text" } } });
    expect(outbox.cancel("c1")).toEqual(unsent({ files: ["k1"] }));
  });

  it("can be taken back while it waits", () => {
    const server = new FakeMessageServer();
    server.files.states.set("k1", "waiting");
    const outbox = server.outbox();
    outbox.send(unsent({ files: ["k1"] }));
    expect(outbox.cancel("c1")).toEqual(unsent({ files: ["k1"] }));
    outbox.filesChanged();
    expect(server.received).toHaveLength(0);
  });

  it("uploads again what failed when the person retries, and goes out after it", async () => {
    const server = new FakeMessageServer("turn");
    server.files.states.set("k1", "failed");
    const outbox = server.outbox();
    outbox.send(unsent({ files: ["k1"] }));
    outbox.retry("c1");
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting_files" });
    server.files.states.set("k1", "ready");
    outbox.filesChanged();
    await settle();
    expect(server.sent).toHaveLength(1);
  });

  it("asks what became of its files when the server refuses one of them", async () => {
    const server = new FakeMessageServer(new ApiError(404, "not_found", "gone", { field: "file_ids" }));
    const outbox = server.outbox();
    outbox.send(unsent({ files: ["k1"] }));
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed", error: { code: "not_found" } });
    expect(server.files.rechecked).toEqual([undefined]);
  });
});

describe("a reload", () => {
  it("in the middle of sending sends the same message again", async () => {
    const before = new FakeMessageServer(offline());
    before.outbox().send(unsent({ parent_id: "a0" }));
    const after = new FakeMessageServer("turn");
    after.outbox().restore();
    await settle();
    expect(after.received).toEqual([unsent({ parent_id: "a0" })]);
    expect(after.sent).toHaveLength(1);
  });

  it("leaves a failed message for the person to decide", async () => {
    const before = new FakeMessageServer(new ApiError(413, "payload_too_large", "large"));
    before.outbox().send(unsent());
    await settle();
    const after = new FakeMessageServer();
    const outbox = after.outbox();
    outbox.restore();
    await settle();
    expect(after.received).toHaveLength(0);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed", text: "Hello" });
  });

  it("keeps the true reason of a failure: its code, its status and what it carries", async () => {
    const before = new FakeMessageServer(new ApiError(429, "budget_spent", "spent", { limit_usd: 5 }));
    before.outbox().send(unsent());
    await settle();
    const outbox = new FakeMessageServer().outbox();
    outbox.restore();
    await settle();
    const entry = outbox.entry("c1").get();
    const error = entry?.state === "failed" ? entry.error : null;
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 429, code: "budget_spent", message: "spent", extra: { limit_usd: 5 } });
  });

  it("keeps why a file stood in the way, and that no answer came", async () => {
    const before = new FakeMessageServer(offline(), offline(), offline());
    before.files.states.set("k1", "failed");
    const first = before.outbox();
    first.send(unsent({ files: ["k1"] }));
    first.send(unsent({ conversation_id: "c2", request_id: "request-2" }));
    await settle();
    await repeats();
    const outbox = new FakeMessageServer().outbox();
    outbox.restore();
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({
      files: ["k1"],
      error: { name: "AttachmentError", fileName: "a.pdf", problem: { code: "no_text" } },
    });
    expect(outbox.entry("c2").get()).toMatchObject({ error: expect.any(NetworkError) });
  });

  it("while files are read keeps waiting for them, and sends once", async () => {
    const before = new FakeMessageServer();
    before.files.states.set("k1", "waiting");
    before.outbox().send(unsent({ files: ["k1"] }));
    const after = new FakeMessageServer("turn");
    after.files.states.set("k1", "waiting");
    const outbox = after.outbox();
    outbox.restore();
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "waiting_files", text: "Hello", files: ["k1"] });
    after.files.states.set("k1", "ready");
    outbox.filesChanged();
    outbox.filesChanged();
    await settle();
    expect(before.received).toHaveLength(0);
    expect(after.received).toEqual([unsent({ files: ["k1"] })]);
  });

  it("survives what it cannot read", async () => {
    localStorage.setItem("chatapp.unsent.ada.c1", "{broken");
    localStorage.setItem("chatapp.unsent.ada.c2", '{"unsent":{"text":5}}');
    const odd = { ...unsent({ conversation_id: "c4" }), files: "k1" };
    localStorage.setItem("chatapp.unsent.ada.request-1", JSON.stringify({ unsent: odd, failed: false }));
    localStorage.setItem("chatapp.unsent.bob.c3", JSON.stringify({ unsent: unsent(), failed: true }));
    const server = new FakeMessageServer();
    const outbox = server.outbox();
    outbox.restore();
    await settle();
    expect(server.received).toEqual([]);
    expect(localStorage.getItem("chatapp.unsent.ada.request-1")).toBeNull();
    expect(outbox.entry("c1").get()).toBeNull();
    expect(outbox.entry("c3").get()).toBeNull();
    expect(localStorage.getItem("chatapp.unsent.bob.c3")).not.toBeNull();
  });
});
