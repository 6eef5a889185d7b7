/** What the element decides without a page. */
import { describe, expect, it, vi } from "vitest";

import { ApiError, NetworkError, SessionExpiredError } from "@/api/client";
import type { ContentBlock } from "@/api/types";
import { citation, profile } from "@/test/fakeTwin";

import { shownAnswer } from "./answerText";
import { contactAddress, linked, publishedLinks } from "./links";
import { Parts } from "./parts";
import { LONGEST_WAIT_MS, problemOf } from "./problems";
import { finishedUntil, Speaker } from "./speech";
import { languageOf } from "./texts";
import { Visit } from "./visit";

describe("an answer's text", () => {
  it("is cut where paragraphs are, not where the API cites", () => {
    const content: ContentBlock[] = [
      { type: "text", text: "One" },
      { type: "text", text: " two", citations: [citation("b"), citation("b"), citation("a")] },
      { type: "text", text: " three.\n\nFour." },
    ];
    const { paragraphs, sources } = shownAnswer(content);
    expect(paragraphs).toEqual([
      [{ text: "One" }, { text: " two" }, { source: 1 }, { source: 2 }, { text: " three." }],
      [{ text: "Four." }],
    ]);
    expect(sources.map(({ entryId }) => entryId)).toEqual(["b", "a"]);
  });
});

describe("links", () => {
  const published = publishedLinks({ ...profile, links: [{ label: "x", url: "javascript:alert(1)" }, { label: "y", url: "https://ada.example" }] });

  it("are what the profile holds, and of the web", () => {
    expect([...published]).toEqual(["https://ada.example/", "https://work.example/x"]);
    expect(linked("See https://ada.example/, not https://evil.example/", published)).toEqual([
      { text: "See " },
      { text: "https://ada.example/", href: "https://ada.example/" },
      { text: ", not " },
      { text: "https://evil.example/" },
    ]);
  });

  it.each([
    ["mailto:ada@example.org", "mailto:ada@example.org"],
    ["mailto:ada@example.org?bcc=all@example.org", null],
    ["https://ada.example/contact", "https://ada.example/contact"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
  ])("of a contact: %s", (url, address) => {
    expect(contactAddress({ label: "x", url })).toBe(address);
  });
});

describe("what refused", () => {
  const api = (status: number, code: string, extra = {}) => new ApiError(status, code, "No.", extra);

  it.each([
    [new NetworkError(), "offline"],
    [new SessionExpiredError(), "over"],
    [new RangeError(), "failed"],
    [api(429, "throttled"), "waiting"],
    [api(429, "rate_limited", { retry_at_ms: Date.now() + LONGEST_WAIT_MS + 10_000 }), "limited"],
    [api(429, "twin_resting", { resting_until: "2030-01-01T00:00:00Z" }), "resting"],
    [api(429, "budget_spent"), "spent"],
    [api(400, "invalid_request"), "invalid"],
    [api(403, "origin_not_allowed"), "refused"],
    [api(403, "blocked"), "blocked"],
    [api(404, "not_found"), "gone"],
    [api(409, "answer_in_progress"), "busy"],
    [api(503, "unavailable"), "failed"],
  ])("%s is %s", (error, is) => {
    expect(problemOf(error).is).toBe(is);
  });

  it("says until when, by the twin's own word", () => {
    const error = api(429, "twin_resting", { retry_at_ms: 5, resting_until: "2030-01-01T00:00:00Z" });
    expect(problemOf(error)).toEqual({ is: "resting", untilMs: Date.UTC(2030, 0, 1) });
  });
});

describe("what is heard", () => {
  it.each([
    ["Half a sentence", 0, 0],
    ["One. Two", 0, 4],
    ["One. Two! Three", 4, 9],
    ["Version 2.5 is", 0, 0],
    ["« Oui ! » dit-il", 0, 7],
    ["A title\n\nText", 0, 9],
  ])("of %j from %i", (text, from, until) => {
    expect(finishedUntil(text, from)).toBe(until);
  });

  it("is each sentence once, and the rest at the end", () => {
    const region = document.createElement("div");
    const speaker = new Speaker(region);
    for (const [text, hasEnded] of [["One. Tw", false], ["One. Two. Thr", false], ["One. Two. Three", true], ["One. Two. Three", true]] as const) {
      speaker.follow("a", text, hasEnded);
    }
    speaker.follow("b", "Other.", true);
    expect([...region.children].map((line) => line.textContent)).toEqual(["One.", "Two.", "Three", "Other."]);
  });
});

it("what stays the same in a list keeps its nodes", () => {
  const parts = new Parts(document.createElement("div"));
  const keyed = (...keys: string[]) => keys.map((key) => ({ key, make: () => document.createElement("p") }));
  parts.show(keyed("a", "b", "c"));
  const [first, second] = parts.node.children;
  parts.show(keyed("a", "other"));
  expect([...parts.node.children].map((node) => node === first)).toEqual([true, false]);
  expect(second?.isConnected).toBe(false);
  expect(parts.node.children).toHaveLength(2);
});

describe("a visit", () => {
  it("goes on without a store, and with one that holds nonsense", async () => {
    sessionStorage.setItem("chatapp.twin.me", "{");
    expect(new Visit("me", null).isBegun).toBe(false);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    const visit = new Visit("me", null);
    visit.begun({ visit_id: "v", token: "t", expires_in_s: 60 });
    expect(await visit.idToken()).toBe("Bearer t");
    await expect(visit.idToken({ forceRefresh: true })).rejects.toThrow(SessionExpiredError);
    expect(visit.isBegun).toBe(false);
    sessionStorage.clear();
  });
});

it("the language is the first on offer", () => {
  expect([languageOf([null, "de", "fr-CA", "en"]), languageOf(["de", undefined]), languageOf(["EN-gb"])]).toEqual(["fr", "en", "en"]);
});
