import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { decodeSocketMessage, isAnswerFrame, type AnswerFrame } from "@/api/frames";
import { citation } from "@/test/citations";
import { delta, done, ids, started } from "@/test/frames";
import { answer as answerRecord } from "@/test/records";
import { randomly, shuffled, type Random } from "@/test/random";

import { applyFrames, applyRead, contentOf, hasGap, newAnswer, type AnswerState } from "./answerReducer";
import { liveMessage } from "./liveMessage";
import { plainText } from "./text";

const text = (state: AnswerState): string => plainText(contentOf(state));

/** An answer of random deltas, and its text. */
function answer(random: Random): { frames: AnswerFrame[]; expected: string } {
  const parts = Array.from({ length: 2 + Math.floor(random() * 40) }, () => random().toString(36).slice(2, 3 + random() * 8));
  const deltas = parts.map((part, index) => delta(index + 2, part));
  return { frames: [started(1), ...deltas, done(parts.length + 2)], expected: parts.join("") };
}

/** Cut into batches of random sizes. */
function batches<T>(items: readonly T[], random: Random): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; ) {
    const size = 1 + Math.floor(random() * 5);
    result.push(items.slice(at, at + size));
    at += size;
  }
  return result;
}

describe("applyFrames", () => {
  it("gives the same text however frames are shuffled, repeated and batched", () => {
    randomly(300, (random) => {
      const { frames, expected } = answer(random);
      const repeated = frames.filter(() => random() < 0.3);
      const arrived = batches(shuffled([...frames, ...repeated], random), random);
      const state = arrived.reduce(applyFrames, newAnswer);
      expect(text(state)).toBe(expected);
      expect(state.status).toBe("complete");
      expect(hasGap(state)).toBe(false);
    });
  });

  it("never shows text out of order: at any time it is a beginning of the whole", () => {
    randomly(100, (random) => {
      const { frames, expected } = answer(random);
      let state = newAnswer;
      for (const batch of batches(shuffled(frames, random), random)) {
        state = applyFrames(state, batch);
        expect(expected.startsWith(text(state))).toBe(true);
      }
    });
  });

  it("knows a gap and closes it", () => {
    let state = applyFrames(newAnswer, [started(1), delta(2, "a"), delta(4, "c")]);
    expect(hasGap(state)).toBe(true);
    expect(text(state)).toBe("a");
    state = applyFrames(state, [delta(3, "b")]);
    expect(hasGap(state)).toBe(false);
    expect(text(state)).toBe("abc");
  });

  it("begins afresh with answer.started", () => {
    const state = applyFrames(newAnswer, [started(1), delta(2, "lost"), delta(3, "?", 1), started(4), delta(5, "kept")]);
    expect(contentOf(state)).toEqual([{ type: "text", text: "kept" }]);
  });

  it("ignores what comes after the end", () => {
    const settled = applyFrames(newAnswer, [started(1), delta(2, "a"), done(3, "stopped")]);
    expect(applyFrames(settled, [delta(4, "late"), started(5)])).toBe(settled);
  });

  it("ignores it also when it comes together with the end", () => {
    const state = applyFrames(newAnswer, [started(1), delta(2, "a"), done(3), delta(4, "late"), delta(6, "later")]);
    expect(text(state)).toBe("a");
    expect(state.status).toBe("complete");
    expect(hasGap(state)).toBe(false);
  });

  it("returns the very same state for frames that it knows", () => {
    const state = applyFrames(newAnswer, [started(1), delta(2, "a")]);
    expect(applyFrames(state, [delta(2, "a"), started(1)])).toBe(state);
  });

  it("keeps thinking, text and citations in their blocks", () => {
    const state = applyFrames(newAnswer, [
      started(1),
      delta(2, "hm", 0, "thinking"),
      delta(3, "Yes", 1),
      { type: "answer.citation", ...ids, sequence: 4, block: 1, citation: citation(3) },
      delta(5, ".", 1),
    ]);
    expect(contentOf(state)).toEqual([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Yes.", citations: [citation(3)] },
    ]);
  });

  it("puts tools among the blocks, as a stored answer has them, in whatever order frames come", () => {
    const detail = { query: "cats", files: [{ file_id: "f1", name: "thesis.pdf" }] };
    const frames: AnswerFrame[] = [
      started(1),
      delta(2, "I look.", 0),
      { type: "answer.tool", ...ids, sequence: 3, block: 1, name: "search_files", detail },
      delta(4, "Cats sleep", 2),
      { type: "answer.citation", ...ids, sequence: 5, block: 2, citation: citation(12) },
      { type: "answer.citation", ...ids, sequence: 6, block: 2, citation: citation(13) },
      delta(7, " a lot.", 3),
      done(8),
    ];
    const stored = [
      { type: "text", text: "I look." },
      { type: "tool_use", name: "search_files", detail },
      { type: "text", text: "Cats sleep", citations: [citation(12), citation(13)] },
      { type: "text", text: " a lot." },
    ];
    expect(contentOf(applyFrames(newAnswer, frames.slice(0, 3))).at(-1)).toEqual(stored[1]);
    randomly(50, (random) => {
      const arrived = batches(shuffled([...frames, ...frames], random), random);
      expect(contentOf(arrived.reduce(applyFrames, newAnswer))).toEqual(stored);
    });
    expect(text(applyFrames(newAnswer, frames))).toBe("I look.\n\nCats sleep a lot.");
  });

  it("counts a citation that it cannot read, and shows nothing of it", () => {
    const state = applyFrames(newAnswer, [
      started(1),
      delta(2, "Yes"),
      { type: "answer.citation", ...ids, sequence: 3, block: 0, citation: null },
      delta(4, "."),
    ]);
    expect(contentOf(state)).toEqual([{ type: "text", text: "Yes." }]);
  });

  it("keeps what had come when an answer fails", () => {
    const error = { code: "stream_cut", message: "cut" };
    const state = applyFrames(newAnswer, [started(1), delta(2, "half"), { type: "answer.failed", ...ids, sequence: 3, error }]);
    expect(state).toMatchObject({ status: "failed", error });
    expect(text(state)).toBe("half");
  });
});

describe("applyRead", () => {
  it("lets the frames of a settled answer replace live ones of the same numbers", () => {
    // Live: 1 to 3 came, 4 and 5 were missed, 6 is ahead. The read after 3 is made from the message and numbers from 4.
    const live = applyFrames(newAnswer, [started(1), delta(2, "a"), delta(3, "b"), delta(6, "e")]);
    const state = applyRead(live, { after: 3, items: [started(4), delta(5, "abcdef"), done(6)], status: "complete" });
    expect(text(state)).toBe("abcdef");
    expect(state.status).toBe("complete");
  });

  it("does so also when live frames came while it was under way", () => {
    let state = applyFrames(newAnswer, [started(1), delta(2, "a")]);
    state = applyFrames(state, [delta(3, "b"), delta(4, "c")]);
    state = applyRead(state, { after: 2, items: [started(3), delta(4, "abcd"), done(5)], status: "complete" });
    expect(text(state)).toBe("abcd");
  });

  it("merges the log of an answer in progress, which is older than what was pushed", () => {
    let state = applyFrames(newAnswer, [started(1), delta(2, "a"), delta(3, "b")]);
    state = applyRead(state, { after: 0, items: [started(1), delta(2, "a")], status: "streaming" });
    expect(text(state)).toBe("ab");
  });

  it("ends with a settled answer although a frame of it is of a type, or has a status, that this build does not know", () => {
    const live = applyFrames(newAnswer, [started(1), delta(2, "a"), delta(4, "c")]);
    const unknownAt5 = applyRead(live, { after: 2, items: [started(3), delta(4, "abc"), delta(6, "d"), done(7)], status: "complete" });
    expect(text(unknownAt5)).toBe("abcd");
    expect(unknownAt5).toMatchObject({ status: "complete", stop_reason: "end_turn" });
    expect(hasGap(unknownAt5)).toBe(false);
    const endUnread = applyRead(live, { after: 2, items: [started(3), delta(4, "abc")], status: "complete" });
    expect([text(endUnread), endUnread.status]).toEqual(["abc", "complete"]);
  });

  it("knows more than a message that was stored in the middle of its answer, whenever it began to read", () => {
    const state = applyRead(newAnswer, { after: 0, items: [started(1), delta(2, "all"), done(3)], status: "complete" });
    const stored = answerRecord({ message_id: "m", status: "streaming", content: [] });
    expect(liveMessage(stored, state)).toMatchObject({ status: "complete", content: [{ type: "text", text: "all" }] });
  });

  it("leaves a settled answer as it is", () => {
    const settled = applyFrames(newAnswer, [started(1), delta(2, "a"), done(3)]);
    expect(applyRead(settled, { after: 3, items: [started(4), delta(5, "a"), done(6)], status: "complete" })).toBe(settled);
  });
});

it("an answer that broke off says why, as after a reload", () => {
  const error = { code: "stream_cut", message: "The connection to the model broke off." };
  const end: AnswerFrame = { ...(done(3) as Extract<AnswerFrame, { type: "answer.done" }>), status: "interrupted", error };
  expect(applyFrames(newAnswer, [started(1), delta(2, "a"), end])).toMatchObject({ status: "interrupted", error });
});

it.each(["done", "failed"] as const)("an answer that is %s says where its prompt began, as after a reload", (end) => {
  const context = { first_message_id: "m7", left_out: 3 };
  const frame: AnswerFrame =
    end === "done"
      ? { ...(done(2) as Extract<AnswerFrame, { type: "answer.done" }>), context }
      : { type: "answer.failed", ...ids, sequence: 2, error: { code: "stream_cut", message: "cut" }, context };
  const state = applyFrames(newAnswer, [started(1), frame]);
  expect(liveMessage(answerRecord({ message_id: "a1", status: "streaming" }), state).context).toEqual(context);
});

it("a frame of a kind that a newer server sends keeps its place, so that what follows is shown", () => {
  const frames = [
    started(1),
    { type: "answer.mood", ...ids, sequence: 2, mood: "cheerful" },
    { ...delta(3, "?"), kind: "song" },
    delta(4, "a"),
    { type: "weather.changed" },
  ];
  const state = applyFrames(newAnswer, decodeSocketMessage(JSON.stringify({ frames })).filter(isAnswerFrame));
  expect([text(state), hasGap(state)]).toEqual(["a", false]);
});

describe("the frames that the server encodes", () => {
  const lines = readFileSync("../tests/contract/frames.jsonl", "utf8").split("\n").filter(Boolean);
  const all = lines.flatMap(decodeSocketMessage);
  const answers = [...new Set(all.filter(isAnswerFrame).map((frame) => frame.message_id))];
  const framesOf = (messageId: string) => all.filter(isAnswerFrame).filter((frame) => frame.message_id === messageId);

  it("are all understood", () => {
    const raw = lines.flatMap((line) => (JSON.parse(line) as { frames: unknown[] }).frames);
    expect(all).toHaveLength(raw.length);
    expect(raw.length).toBeGreaterThan(5);
  });

  it("are numbered from 1 without gaps", () => {
    for (const id of answers) {
      expect(framesOf(id).map((frame) => frame.sequence)).toEqual(framesOf(id).map((_, index) => index + 1));
    }
  });

  it("give one answer with thinking, text in several scripts, a citation and figures, however they are fragmented", () => {
    const frames = framesOf(answers[0] ?? "");
    const whole = applyFrames(newAnswer, frames);
    expect(whole.status).toBe("complete");
    expect(whole.usage).toMatchObject({ input_tokens: 12, output_tokens: 30, cost_usd: 0.000324 });
    expect(contentOf(whole)[0]).toEqual({ type: "thinking", thinking: "The question is about a cat." });
    expect(contentOf(whole).slice(1, 3)).toEqual([
      { type: "tool_use", name: "search_files", detail: expect.objectContaining({ query: "chat dort" }) },
      { type: "tool_use", name: "read_pages", detail: expect.objectContaining({ first: 12, last: 14 }) },
    ]);
    expect(contentOf(whole)[3]).toMatchObject({ citations: [{ name: "chat.pdf", page: 12, cited_text: "Le chat dort." }] });
    expect(text(whole)).toBe("Le chat dort — « ici ».\n\n```py\nprint('é 🐈 \u2028')\n```\n終わり. Fin.");
    randomly(50, (random) => {
      const arrived = batches(shuffled([...frames, ...frames], random), random);
      expect(arrived.reduce(applyFrames, newAnswer)).toEqual(whole);
    });
  });

  it("say why an answer failed, name a conversation's new title, and how far a file is read", () => {
    const failed = applyFrames(newAnswer, framesOf(answers[1] ?? ""));
    expect(failed).toMatchObject({ status: "failed", error: { code: expect.any(String), message: expect.any(String) } });
    expect(all.filter((frame) => !isAnswerFrame(frame))).toEqual([
      expect.objectContaining({ type: "conversation.updated", title: expect.any(String) }),
      expect.objectContaining({ type: "conversation.updated", file_ids: [expect.any(String)] }),
      { type: "file.updated", file: expect.objectContaining({ status: "reading", pages_read: 40, pages: 212 }) },
    ]);
  });
});
