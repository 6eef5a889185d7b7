import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Ownership } from "@/lib/ownership";
import { FakeLocks } from "@/test/fakeLocks";

import { FakeMessageServer, unsent } from "@/test/fakeOutbox";
import { TAKE_UP_MS, type Unsent } from "./outbox";

/** Let everything that has no timer happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => vi.useRealTimers());

describe("two tabs", () => {
  it("never send the same message: the second leaves it to the first, and takes it over when that one is closed", async () => {
    const locks = new FakeLocks();
    const firstOwnership = new Ownership(locks);
    const before = new FakeMessageServer();
    before.files.states.set("k1", "waiting");
    before.outbox(firstOwnership).send(unsent({ files: ["k1"] }));
    await settle();
    const after = new FakeMessageServer("turn");
    const second = after.outbox(new Ownership(locks));
    second.restore();
    await vi.advanceTimersByTimeAsync(TAKE_UP_MS * 3);
    expect(second.entry("c1").get()).toBeNull();
    expect(after.received).toEqual([]);
    firstOwnership.dispose();
    await vi.advanceTimersByTimeAsync(TAKE_UP_MS * 3);
    expect(after.received).toEqual([unsent({ files: ["k1"] })]);
    expect(localStorage).toHaveLength(0);
    second.dispose();
  });

  it("take over from each other what was begun after both were opened", async () => {
    const locks = new FakeLocks();
    const server = new FakeMessageServer("turn");
    const first = server.outbox(new Ownership(locks));
    first.restore();
    await settle();
    const closing = new Ownership(locks);
    const other = new FakeMessageServer();
    other.files.states.set("k1", "waiting");
    other.outbox(closing).send(unsent({ files: ["k1"] }));
    window.dispatchEvent(new StorageEvent("storage", { key: "chatapp.unsent.ada.request-1" }));
    await vi.advanceTimersByTimeAsync(TAKE_UP_MS * 3);
    expect(server.received).toEqual([]);
    closing.dispose();
    await vi.advanceTimersByTimeAsync(TAKE_UP_MS * 3);
    expect(server.received).toEqual([unsent({ files: ["k1"] })]);
    first.dispose();
    window.dispatchEvent(new StorageEvent("storage", { key: "chatapp.unsent.ada.request-1" }));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("each keep their own message of one conversation", async () => {
    const locks = new FakeLocks();
    const first = new FakeMessageServer("turn").outbox(new Ownership(locks));
    const server = new FakeMessageServer();
    server.files.states.set("k1", "waiting");
    const second = server.outbox(new Ownership(locks));
    second.send(unsent({ request_id: "request-2", files: ["k1"] }));
    first.send(unsent());
    await settle();
    expect(first.entry("c1").get()).toBeNull();
    const kept = Object.values(localStorage).map((json) => (JSON.parse(String(json)) as { unsent: Unsent }).unsent.request_id);
    expect(kept).toEqual(["request-2"]);
    // After both were closed, one tab finds what the second one had.
    const reloaded = new FakeMessageServer();
    reloaded.outbox(new Ownership(new FakeLocks())).restore();
    await settle();
    expect(reloaded.received.map((sent) => sent.request_id)).toEqual(["request-2"]);
  });
});

it("two messages left behind for one conversation go out one after the other", async () => {
  const before = new FakeMessageServer();
  before.files.states.set("k1", "waiting");
  before.outbox().send(unsent({ files: ["k1"] }));
  before.outbox().send(unsent({ request_id: "request-2", files: ["k1"] }));
  const after = new FakeMessageServer();
  const outbox = after.outbox();
  outbox.restore();
  await vi.advanceTimersByTimeAsync(TAKE_UP_MS * 2);
  expect(after.received.map((sent) => sent.request_id)).toEqual(["request-1", "request-2"]);
  expect(localStorage).toHaveLength(0);
});
