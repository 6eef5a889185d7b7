import { describe, expect, it } from "vitest";

import { randomly, shuffled } from "@/test/random";
import { answer, message } from "@/test/records";

import { isCutOff, readFrom, readsLess, visibleThread } from "./thread";

// u1 ─ a1 ─ u2 ─ a2 (superseded), a2b ─ u3 ─ a3
//        └─ u2e (an edit of u2) ─ a4
const tree = [
  message({ message_id: "01" }),
  answer({ message_id: "02", parent_id: "01" }),
  message({ message_id: "03", parent_id: "02" }),
  answer({ message_id: "04", parent_id: "03", status: "superseded" }),
  answer({ message_id: "05", parent_id: "03" }),
  message({ message_id: "06", parent_id: "05" }),
  answer({ message_id: "07", parent_id: "06" }),
  message({ message_id: "08", parent_id: "02" }),
  answer({ message_id: "09", parent_id: "08" }),
];

const path = (...args: Parameters<typeof visibleThread>): string =>
  visibleThread(...args)
    .map((entry) => entry.message.message_id)
    .join(" ");

describe("visibleThread", () => {
  it("goes from the head back to the start, in whatever order messages come", () => {
    randomly(50, (random) => {
      expect(path(shuffled(tree, random), "07")).toBe("01 02 03 05 06 07");
      expect(path(shuffled(tree, random), "09")).toBe("01 02 08 09");
    });
  });

  it("names the versions of a message, oldest first", () => {
    const entries = visibleThread(tree, "07");
    expect(entries[2]?.versions.map((version) => version.message_id)).toEqual(["03", "08"]);
    expect(entries[3]?.versions.map((version) => version.message_id)).toEqual(["04", "05"]);
    expect(entries[0]?.versions).toHaveLength(1);
  });

  it("follows a chosen version to its newest end", () => {
    expect(path(tree, "07", new Map([["02", "08"]]))).toBe("01 02 08 09");
    expect(path(tree, "09", new Map([["02", "03"]]))).toBe("01 02 03 05 06 07");
    expect(path(tree, "07", new Map([["03", "04"]]))).toBe("01 02 03 04");
  });

  it("ignores a choice that is no longer there", () => {
    expect(path(tree, "07", new Map([["02", "gone"]]))).toBe("01 02 03 05 06 07");
  });

  it("begins where the loaded messages begin, and says that it is cut off", () => {
    const newest = visibleThread(tree.slice(4), "07");
    expect(newest.map((entry) => entry.message.message_id)).toEqual(["05", "06", "07"]);
    expect(isCutOff(newest)).toBe(true);
    expect(isCutOff(visibleThread(tree, "07"))).toBe(false);
  });

  it("goes on below a head that is not the newest, so that a stale head hides nothing", () => {
    expect(path(tree, "05")).toBe("01 02 03 05 06 07");
  });

  it("ends at the newest message when the head is unknown", () => {
    expect(path(tree, null)).toBe("01 02 08 09");
    expect(path(tree, "not loaded")).toBe("01 02 08 09");
  });

  it("is empty without messages, and ends with a cycle that should not be", () => {
    expect(path([], null)).toBe("");
    const cycle = [message({ message_id: "1", parent_id: "2" }), message({ message_id: "2", parent_id: "1" })];
    expect(visibleThread(cycle, "2").length).toBeLessThanOrEqual(4);
  });
});

describe("where reading begins", () => {
  const context = (first_message_id: string) => ({ first_message_id, left_out: 2 });
  const thread = visibleThread(
    [
      message({ message_id: "01" }),
      answer({ message_id: "02", parent_id: "01" }),
      message({ message_id: "03", parent_id: "02" }),
      answer({ message_id: "04", parent_id: "03", context: context("03") }),
      message({ message_id: "05", parent_id: "04" }),
      answer({ message_id: "06", parent_id: "05", context: context("03") }),
      message({ message_id: "07", parent_id: "06" }),
      answer({ message_id: "08", parent_id: "07", status: "failed", context: context("07") }),
      message({ message_id: "09", parent_id: "08" }),
      answer({ message_id: "10", parent_id: "09", status: "streaming", content: [] }),
    ],
    "10",
  );

  it("is told by the last answer that has ended", () => {
    expect(readFrom(thread)).toBe("07");
    expect(readFrom(thread.slice(0, 6))).toBe("03");
    expect(readFrom(thread.slice(0, 2))).toBeNull();
    expect(readFrom([])).toBeNull();
  });

  it("has moved at an answer whose prompt began later than the one before", () => {
    expect(thread.flatMap((_, index) => (readsLess(thread, index) ? [index] : []))).toEqual([3, 7]);
    // What came before is not loaded: nobody knows.
    expect(readsLess(thread.slice(5), 0)).toBe(false);
  });
});
