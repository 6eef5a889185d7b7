import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/client";

import { FakeMessageServer, unsent } from "@/test/fakeOutbox";
import { LONGEST_PAUSE_MS } from "./outbox";

const limited = (waitMs: number) => new ApiError(429, "rate_limited", "too many", { retry_at_ms: Date.now() + waitMs });

/** Let everything that has no timer happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => vi.useRealTimers());

describe("Outbox, where too many messages are sent", () => {
  it("waits as long as a limit says, tells until when, and sends the same message once", async () => {
    const server = new FakeMessageServer(limited(12_000), "turn");
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "paused", until_ms: Date.now() + 12_000, text: "Hello" });
    await vi.advanceTimersByTimeAsync(11_999);
    expect(server.received).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.received.map((sent) => sent.request_id)).toEqual(["request-1", "request-1"]);
    expect(server.sent).toHaveLength(1);
    expect(outbox.entry("c1").get()).toBeNull();
  });

  it("does not send what was taken back while it waited for a limit", async () => {
    const server = new FakeMessageServer(limited(12_000));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.cancel("c1")).toEqual(unsent());
    outbox.send(unsent({ request_id: "request-2", text: "Another" }));
    await vi.advanceTimersByTimeAsync(12_000);
    expect(server.received.map((sent) => sent.text)).toEqual(["Hello", "Another"]);
  });

  it("gives a message back to its person where a limit lasts long, and keeps the text", async () => {
    const server = new FakeMessageServer(limited(LONGEST_PAUSE_MS + 1));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed", text: "Hello", error: { code: "rate_limited" } });
    await vi.advanceTimersByTimeAsync(2 * LONGEST_PAUSE_MS);
    expect(server.received).toHaveLength(1);
  });

  it("sends nothing for a limit that ends after the session", async () => {
    const server = new FakeMessageServer(limited(12_000));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    outbox.dispose();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(server.received).toHaveLength(1);
  });
});
