import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";

import { conversation } from "@/test/records";

import { findCached, insertCached, removeCached, updateCached } from "./cache";
import { conversationKey, listKey } from "./list";

const at = (id: string, minute: number, fields = {}) =>
  conversation({ conversation_id: id, timestamp: `2026-11-21T12:${String(minute).padStart(2, "0")}:00.000Z`, ...fields });

let client: QueryClient;

const ids = (archived = false): string[] => {
  const data = client.getQueryData<{ pages: { items: { conversation_id: string }[] }[] }>(listKey(archived));
  return (data?.pages ?? []).map((page) => page.items.map((item) => item.conversation_id).join(""));
};

beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(listKey(false), {
    pageParams: [null, "next"],
    pages: [
      { items: [at("a", 9), at("b", 8)], next_cursor: "next" },
      { items: [at("c", 7), at("d", 6)], next_cursor: "more" },
    ],
  });
  client.setQueryData(listKey(true), { pageParams: [null], pages: [{ items: [at("z", 5, { archived: true })], next_cursor: null }] });
});

describe("the lists of conversations", () => {
  it("move a conversation to the top when something happens in it", () => {
    updateCached(client, "c", { timestamp: "2026-11-21T12:30:00.000Z" });
    expect(ids()).toEqual(["cab", "d"]);
  });

  it("change a title in place, in the list and in the conversation itself", () => {
    client.setQueryData(conversationKey("b"), at("b", 8));
    expect(updateCached(client, "b", { title: "Dogs" })).toBe(true);
    expect(findCached(client, "b")?.title).toBe("Dogs");
    expect(client.getQueryData(conversationKey("b"))).toMatchObject({ title: "Dogs" });
    expect(ids().join("")).toBe("abcd");
  });

  it("move a conversation to the archive and back", () => {
    updateCached(client, "a", { archived: true });
    expect([ids(), ids(true)]).toEqual([["b", "cd"], ["az"]]);
    updateCached(client, "a", { archived: false });
    expect([ids(), ids(true)]).toEqual([["ab", "cd"], ["z"]]);
  });

  it("leave out what belongs to a page that is not loaded", () => {
    insertCached(client, at("old", 1));
    expect(ids()).toEqual(["ab", "cd"]);
  });

  it("put what is older than all at the end of the last page", () => {
    insertCached(client, at("y", 1, { archived: true }));
    expect(ids(true)).toEqual(["zy"]);
  });

  it("forget what is deleted, and say when nothing is known", () => {
    removeCached(client, "b");
    expect(ids()).toEqual(["a", "cd"]);
    expect(updateCached(client, "b", { title: "?" })).toBe(false);
  });
});
