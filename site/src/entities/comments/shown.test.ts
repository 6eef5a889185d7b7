import { describe, expect, it } from "vitest";

import { comment, mine } from "@/test/fakeCommunity";

import { shownComments } from "./shown";

const at = (minute: number): string => `2026-11-21T12:${String(minute).padStart(2, "0")}:00.000Z`;
const read = [comment({ id: "c3", timestamp: at(30) }), comment({ id: "c2", timestamp: at(20) })];
const ids = (...args: Parameters<typeof shownComments>) => shownComments(...args).map(({ id, replies }) => (replies.length > 0 ? [id, ...replies.map((reply) => reply.id)] : id));

describe("what is shown under a section", () => {
  it("is what everyone reads", () => {
    expect(ids(read, [], true)).toEqual(["c3", "c2"]);
  });

  it("has one's own where the list does not have it yet, and once where it does", () => {
    expect(ids(read, [mine({ id: "c4", timestamp: at(40) })], false)).toEqual(["c4", "c3", "c2"]);
    expect(ids(read, [mine({ id: "c2", timestamp: at(20) })], false)).toEqual(["c3", "c2"]);
  });

  it("has what waits for approval, however old, but visible ones of pages that are not read yet there", () => {
    const older = { id: "c1", timestamp: at(10) };
    expect(ids(read, [mine({ ...older, status: "held" })], false)).toEqual(["c3", "c2", "c1"]);
    expect(ids(read, [mine(older)], false)).toEqual(["c3", "c2"]);
    expect(ids(read, [mine(older)], true)).toEqual(["c3", "c2", "c1"]);
  });

  it("has nothing of one's own that was deleted, whatever the list still says", () => {
    expect(ids(read, [mine({ id: "c3", timestamp: at(30), status: "deleted" })], true)).toEqual(["c2"]);
    const [withReplies] = shownComments([comment({ id: "c3", replies: [comment({ id: "r1", reply_to: "c3" })] })], [mine({ id: "c3", status: "deleted" })], true);
    expect(withReplies).toMatchObject({ author: null, text: "", replies: [{ id: "r1" }] });
  });

  it("has replies oldest first, one's own among them, also those that come with a later page", () => {
    const root = comment({ id: "c2", timestamp: at(20), replies: [comment({ id: "r1", reply_to: "c2", timestamp: at(21) })] });
    const late = comment({ id: "r2", reply_to: "c2", timestamp: at(22) });
    const own = mine({ id: "r3", reply_to: "c2", timestamp: at(23), status: "held" });
    expect(ids([root, late], [own], true)).toEqual([["c2", "r1", "r2", "r3"]]);
  });

  it("says of one's own what its writer alone knows", () => {
    const [own] = shownComments([comment({ id: "c3" })], [mine({ id: "c3", editable_until: at(45) })], true);
    expect(own).toMatchObject({ isMine: true, editable_until: at(45) });
    expect(shownComments([comment({ id: "c3" })], [], true)[0]).toMatchObject({ isMine: false, editable_until: null });
  });
});
