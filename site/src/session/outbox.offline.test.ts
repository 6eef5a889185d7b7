import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, NetworkError } from "@/api/client";

import { FakeMessageServer, unsent } from "@/test/fakeOutbox";
import { REPEAT_AFTER_MS, RESUME_FIRST_MS } from "./outbox";

const offline = () => new NetworkError("offline");

/** Let everything that has no timer happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const repeats = () => vi.advanceTimersByTimeAsync(REPEAT_AFTER_MS.reduce((sum, pause) => sum + pause, 0));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what got no answer", () => {
  const failed = async (outcomes: unknown[]) => {
    const server = new FakeMessageServer(...(outcomes as ConstructorParameters<typeof FakeMessageServer>));
    const outbox = server.outbox();
    outbox.send(unsent());
    await settle();
    await repeats();
    return { server, outbox };
  };

  it("is sent by itself, once and as the same message, when the line is back", async () => {
    const { server, outbox } = await failed([offline(), offline(), offline(), "turn"]);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed" });
    outbox.resume();
    outbox.resume();
    await settle();
    expect(server.sent).toHaveLength(1);
    expect(new Set(server.received.map((sent) => sent.request_id))).toEqual(new Set(["request-1"]));
    expect(outbox.entry("c1").get()).toBeNull();
  });

  it("is tried again ever more rarely where nobody says that the line is back, but not while it is known to be away", async () => {
    const { server } = await failed([...Array.from({ length: 9 }, offline), "turn"]);
    const isOnline = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(RESUME_FIRST_MS);
    expect(server.received).toHaveLength(3);
    isOnline.mockReturnValue(true);
    const again = await failed([...Array.from({ length: 6 }, offline), "turn"]);
    await vi.advanceTimersByTimeAsync(RESUME_FIRST_MS);
    await repeats();
    expect(again.server.received).toHaveLength(6);
    await vi.advanceTimersByTimeAsync(RESUME_FIRST_MS);
    expect(again.server.sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(RESUME_FIRST_MS);
    expect(again.server.sent).toHaveLength(1);
    isOnline.mockRestore();
  });

  it("stays where it was the server that refused", async () => {
    const { server, outbox } = await failed([new ApiError(400, "invalid_request", "no")]);
    outbox.resume();
    await settle();
    expect(server.received).toHaveLength(1);
    expect(outbox.entry("c1").get()).toMatchObject({ state: "failed" });
  });
});
