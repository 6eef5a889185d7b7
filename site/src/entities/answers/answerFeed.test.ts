import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { NetworkError } from "@/api/client";
import type { AnswerFrame } from "@/api/frames";
import { delta, done, started } from "@/test/frames";

import { AnswerFeed, POLL_FIRST_MS, POLL_SLOWEST_MS, REORDER_MS, SILENCE_MS, UNKNOWN_MS, type FramesRead } from "./answerFeed";
import { contentOf } from "./answerReducer";
import { plainText } from "./text";

/** The server's log of one answer, read as `…/frames?after=N`. */
class FakeLog {
  frames: AnswerFrame[] = [];
  readonly readsAtMs: number[] = [];
  readonly settled: string[] = [];
  readonly lost: string[] = [];
  readonly unknown: string[] = [];
  isPushed = true;
  error: Error | null = null;
  /** Reads get no answer until they are released. */
  hangs = false;
  release: () => void = () => undefined;
  readonly #startedAtMs = Date.now();

  feed(): AnswerFeed {
    return new AnswerFeed({
      readFrames: (_conversation, _message, after) => this.#read(after),
      isPushed: () => this.isPushed,
      isFinal: (error) => error instanceof RangeError,
      onSettled: (_conversation, messageId) => this.settled.push(messageId),
      onLost: (messageId) => this.lost.push(messageId),
      onUnknown: (_conversation, messageId) => this.unknown.push(messageId),
    });
  }

  async #read(after: number): Promise<FramesRead> {
    this.readsAtMs.push(Date.now() - this.#startedAtMs);
    if (this.hangs) await new Promise<void>((resolve) => (this.release = resolve));
    if (this.error) throw this.error;
    const isDone = this.frames.at(-1)?.type === "answer.done";
    return { items: this.frames.filter((frame) => frame.sequence > after), status: isDone ? "complete" : "streaming" };
  }
}

const text = (feed: AnswerFeed): string => plainText(contentOf(feed.answer("a1").get()));
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A feed whose first read gets no answer until it is released; those after it do. */
async function hangingRead(log: FakeLog): Promise<AnswerFeed> {
  const feed = log.feed();
  feed.follow("c1", "a1");
  log.hangs = true;
  await pass(0);
  log.hangs = false;
  return feed;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("AnswerFeed with a socket", () => {
  it("reads nothing while frames come", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    feed.receive([started(1)]);
    for (let sequence = 2; sequence < 30; sequence += 1) {
      await pass(SILENCE_MS - 100);
      feed.receive([delta(sequence, "x")]);
    }
    feed.receive([done(30)]);
    await pass(60_000);
    expect(log.readsAtMs).toEqual([]);
    expect(text(feed)).toBe("x".repeat(28));
    expect(log.settled).toEqual(["a1"]);
  });

  it("reads after 3 s of silence, then every second at first and every 3 s while it stays silent", async () => {
    const log = new FakeLog();
    log.frames = [started(1), delta(2, "from the log")];
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    await pass(SILENCE_MS);
    expect(text(feed)).toBe("from the log");
    await pass(30_000);
    const pauses = log.readsAtMs.slice(1).map((at, index) => at - (log.readsAtMs[index] ?? 0));
    expect(Math.max(...pauses)).toBe(POLL_SLOWEST_MS);
    expect(log.readsAtMs.length).toBeGreaterThan(8);
  });

  it("reads at once when it joins an answer, and again when the socket opens", async () => {
    const log = new FakeLog();
    log.frames = [started(1), delta(2, "begun")];
    const feed = log.feed();
    feed.follow("c1", "a1");
    await pass(0);
    expect(text(feed)).toBe("begun");
    feed.resync();
    await pass(0);
    expect(log.readsAtMs).toHaveLength(2);
  });

  it("fills a gap from the log when it does not close by itself", async () => {
    const log = new FakeLog();
    log.frames = [started(1), delta(2, "a"), delta(3, "b"), delta(4, "c")];
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    feed.receive([started(1), delta(2, "a")]);
    feed.receive([delta(4, "c")]);
    await pass(REORDER_MS - 1);
    expect(text(feed)).toBe("a");
    await pass(1);
    expect(text(feed)).toBe("abc");
    expect(log.readsAtMs).toHaveLength(1);
  });

  it("fills a gap although frames keep coming behind it", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    for (let sequence = 2; sequence < 30; sequence += 1) {
      log.frames = [started(1), ...Array.from({ length: sequence - 1 }, (_, index) => delta(index + 2, "x"))];
      feed.receive([delta(sequence, "x")]);
      await pass(REORDER_MS / 2);
    }
    expect(log.readsAtMs).toEqual([REORDER_MS]);
    expect(text(feed)).toBe("x".repeat(28));
  });

  it("goes on reading while the log does not hold what is missing yet", async () => {
    const log = new FakeLog();
    log.frames = [started(1)];
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    feed.receive([delta(3, "b")]);
    await pass(REORDER_MS);
    expect(feed.answer("a1").get().sequence).toBe(1);
    log.frames = [started(1), delta(2, "a")];
    await pass(POLL_FIRST_MS);
    expect(text(feed)).toBe("ab");
  });

  it("reads nothing for frames that only came in the wrong order", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    feed.receive([delta(2, "a"), delta(3, "b")]);
    await pass(REORDER_MS / 2);
    feed.receive([started(1)]);
    await pass(SILENCE_MS / 2);
    expect(log.readsAtMs).toEqual([]);
    expect(text(feed)).toBe("ab");
  });

  it("takes frames that overtook the reply to their message", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.receive([started(1)]);
    feed.receive([delta(2, "x")]);
    await pass(UNKNOWN_MS - 1);
    feed.follow("c1", "a1", { fresh: true });
    expect(text(feed)).toBe("x");
    await pass(SILENCE_MS - 1);
    expect(log.readsAtMs).toEqual([]);
    expect(log.unknown).toEqual([]);
  });

  it("tells once of an answer that nobody follows, and follows it by its frames alone", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.receive([started(1)]);
    await pass(UNKNOWN_MS);
    feed.receive([delta(2, "x"), delta(3, "y")]);
    await pass(UNKNOWN_MS);
    expect(log.unknown).toEqual(["a1"]);
    feed.follow("c1", "a1");
    expect(text(feed)).toBe("xy");
    feed.receive([done(4)]);
    await pass(60_000);
    expect(log.settled).toEqual(["a1"]);
    expect(log.unknown).toEqual(["a1"]);
    expect(log.readsAtMs).toEqual([]);
  });

  it("has the whole answer when the reply to its message comes after its end", async () => {
    const log = new FakeLog();
    const feed = log.feed();
    feed.receive([started(1), delta(2, "quick"), done(3)]);
    await pass(UNKNOWN_MS);
    feed.follow("c1", "a1", { fresh: true });
    expect(text(feed)).toBe("quick");
    expect(log.settled).toEqual(["a1"]);
  });

  it("reads anew when the socket is back, although a read hangs in the network that is gone", async () => {
    const log = new FakeLog();
    log.frames = [started(1), delta(2, "begun")];
    const feed = await hangingRead(log);
    feed.resync();
    await pass(0);
    expect(text(feed)).toBe("begun");
    log.frames = [...log.frames, delta(3, ", done"), done(4)];
    await pass(SILENCE_MS);
    expect(log.readsAtMs).toEqual([0, 0, SILENCE_MS]);
    expect(log.settled).toEqual(["a1"]);
  });

  it("does not put off the next read for one that was given up and fails late", async () => {
    const log = new FakeLog();
    log.frames = [started(1), delta(2, "a")];
    const feed = await hangingRead(log);
    feed.refresh("a1");
    await pass(SILENCE_MS - 1);
    log.error = new NetworkError("timed out");
    log.release();
    await pass(1);
    expect(log.readsAtMs).toEqual([0, 0, SILENCE_MS]);
  });
});

describe("AnswerFeed without a socket", () => {
  it("brings the whole answer by reads alone", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    await pass(POLL_FIRST_MS);
    log.frames = [started(1), delta(2, "one ")];
    await pass(POLL_FIRST_MS * 2);
    log.frames = [...log.frames, delta(3, "two")];
    await pass(POLL_FIRST_MS * 2);
    log.frames = [...log.frames, done(4)];
    await pass(POLL_SLOWEST_MS);
    expect(text(feed)).toBe("one two");
    expect(log.settled).toEqual(["a1"]);
    const reads = log.readsAtMs.length;
    await pass(60_000);
    expect(log.readsAtMs).toHaveLength(reads);
  });

  it("reads every second while it moves", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    const feed = log.feed();
    feed.follow("c1", "a1");
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      log.frames = [...log.frames, sequence === 1 ? started(1) : delta(sequence, "x")];
      await pass(POLL_FIRST_MS);
    }
    expect(log.readsAtMs.length).toBeGreaterThanOrEqual(10);
  });

  it("goes on after network errors, more slowly, and ends when the answer is gone", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    log.error = new NetworkError("offline");
    const feed = log.feed();
    feed.follow("c1", "a1");
    await pass(60_000);
    expect(log.readsAtMs.length).toBeLessThan(12);
    log.error = null;
    log.frames = [started(1), delta(2, "back")];
    await pass(15_000);
    expect(text(feed)).toBe("back");
    log.error = new RangeError("404");
    await pass(15_000);
    expect(log.lost).toEqual(["a1"]);
    const reads = log.readsAtMs.length;
    await pass(60_000);
    expect(log.readsAtMs).toHaveLength(reads);
  });

  it("is not begun anew, once the answer is gone, by another read that was under way", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    log.hangs = true;
    const feed = log.feed();
    feed.follow("c1", "a1");
    await pass(0);
    const endFirst = log.release;
    feed.refresh("a1");
    await pass(0);
    log.error = new RangeError("404");
    endFirst();
    await pass(0);
    log.error = null;
    log.release();
    log.hangs = false;
    await pass(60_000);
    expect(log.lost).toEqual(["a1"]);
    expect(log.readsAtMs).toHaveLength(2);
  });

  it("is not forgotten, once it is followed anew, for a read of before that fails late", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    const feed = await hangingRead(log);
    const failFirst = log.release;
    log.error = new RangeError("404");
    feed.refresh("a1");
    await pass(0);
    feed.follow("c1", "a1", { fresh: true });
    failFirst();
    await pass(0);
    log.error = null;
    log.frames = [started(1), delta(2, "back")];
    await pass(POLL_FIRST_MS);
    expect(log.lost).toEqual(["a1"]);
    expect(text(feed)).toBe("back");
  });

  it("reads at once when it is told to, and never after it was disposed of", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    const feed = log.feed();
    feed.follow("c1", "a1", { fresh: true });
    feed.refresh("a1");
    await pass(0);
    expect(log.readsAtMs).toHaveLength(1);
    feed.dispose();
    await pass(60_000);
    expect(log.readsAtMs).toHaveLength(1);
  });

  it("lets nothing go out any more for a read that fails after it was disposed of", async () => {
    const log = new FakeLog();
    log.isPushed = false;
    const feed = await hangingRead(log);
    feed.dispose();
    log.error = new RangeError("The session is over.");
    log.release();
    await pass(0);
    expect(log.lost).toEqual([]);
  });
});
