/** What is kept of a visit and what is not, and the owner's preview, of which nothing is. */
import { waitFor } from "@testing-library/dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { profile, refusal, type FakeTwin } from "@/test/fakeTwin";
import { answered, closeBrowser, one, openBrowser, opened, texts, write } from "@/test/visitedPage";

import type { ChatappTwin } from "./element";

let server: FakeTwin;

beforeEach(async () => {
  server = await openBrowser();
});

afterEach(closeBrowser);

describe("what is kept", () => {
  const check = (twin: ChatappTwin, part: string): void => one(twin, part).click();

  it("is told, and nothing of it leaves the tab without consent", async () => {
    const twin = await opened();
    expect(texts(twin, "consent")).toEqual(["What is asked and answered is kept for 90 days. "]);
    write(twin, "One?");
    await answered(twin);
    expect(Object.keys(localStorage)).toEqual([]);
    expect(Object.keys(sessionStorage)).toEqual(["chatapp.twin.me"]);
  });

  it("holds from the next visit on, which knows the one before where that is wanted", async () => {
    const twin = await opened();
    write(twin, "One?");
    await answered(twin);
    check(twin, "remember");
    check(twin, "no-transcript");
    expect(texts(twin, "consent")).toEqual(["Nothing of what is asked and answered is kept as a transcript. "]);
    write(twin, "Two?");
    await answered(twin, 2);
    expect(server.of("POST", "/twins/me/visits").at(-1)?.body).toMatchObject({ remember: true, transcript: false, previous_token: "token-1" });
    expect(Object.keys(localStorage).toSorted()).toEqual(["chatapp.twin.me", "chatapp.twin.me.choices"]);
    check(twin, "remember");
    expect(Object.keys(localStorage)).toEqual(["chatapp.twin.me.choices"]);
    write(twin, "Three?");
    await answered(twin, 3);
    expect(server.of("POST", "/twins/me/visits").at(-1)?.body).not.toHaveProperty("previous_token");
  });

  it("is erased on being asked twice, here too", async () => {
    const twin = await opened();
    check(twin, "remember");
    write(twin, "One?");
    await answered(twin);
    check(twin, "erase");
    await new Promise((resolve) => setTimeout(resolve));
    expect(server.of("DELETE", "/twins/me/visit")).toEqual([]);
    check(twin, "erase");
    await waitFor(() => expect(texts(twin, "question")).toEqual([]));
    expect(server.of("DELETE", "/twins/me/visit")[0]?.token).toBe("Bearer token-1");
    expect([Object.keys(sessionStorage), localStorage.getItem("chatapp.twin.me")]).toEqual([[], null]);
  });

  it("is erased of every visit: those that were left for another choice, or were over, too", async () => {
    const twin = await opened();
    write(twin, "One?");
    await answered(twin);
    check(twin, "no-transcript");
    write(twin, "Two?");
    await answered(twin, 2);
    server.instead.set("POST /twins/me/messages", [refusal(401, { code: "visit_over" })]);
    write(twin, "Three?");
    await answered(twin, 3);
    expect(texts(twin, "visits")).toEqual(["To name when you write to the owner: v1, v2, v3"]);
    server.instead.set("DELETE /twins/me/visit", [[200, {}], refusal(500, {})]);
    check(twin, "erase");
    check(twin, "erase");
    await waitFor(() => expect(texts(twin, "status")).toContain("That did not work."));
    expect(texts(twin, "question")).toHaveLength(3);
    check(twin, "erase");
    server.instead.set("DELETE /twins/me/visit", [refusal(401, { code: "visit_over" })]);
    check(twin, "erase");
    await waitFor(() => expect(texts(twin, "question")).toEqual([]));
    expect(server.of("DELETE", "/twins/me/visit").map(({ token }) => token)).toEqual(["1", "2", "2", "3"].map((n) => `Bearer token-${n}`));
    expect([texts(twin, "visits"), Object.keys(sessionStorage)]).toEqual([[""], []]);
    check(twin, "erase");
    check(twin, "erase");
    expect(texts(twin, "status")).toContain("There is nothing to download or to erase.");
  });

  it("of a visitor who is remembered is erased from another tab, later", async () => {
    const twin = await opened();
    check(twin, "remember");
    write(twin, "One?");
    await answered(twin);
    sessionStorage.clear();
    const later = await opened();
    expect(texts(later, "question"), "another visit").toEqual([]);
    expect(texts(later, "visits")).toEqual(["To name when you write to the owner: v1"]);
    check(later, "remember");
    expect(localStorage.getItem("chatapp.twin.me"), "what was kept can be erased though").toBeNull();
    check(later, "erase");
    check(later, "erase");
    await waitFor(() => expect(texts(later, "status")).toEqual(["Your visits in this tab are erased, and those that were remembered."]));
    expect(server.of("DELETE", "/twins/me/visit").map(({ token }) => token)).toEqual(["Bearer token-1"]);
  });

  it("changes at the next question: the answer that is being written goes on", async () => {
    const twin = await opened();
    vi.spyOn(crypto, "randomUUID").mockReturnValueOnce("00000000-0000-4000-8000-000000000000");
    const frames = "/twins/me/messages/a-00000000-0000-4000-8000-000000000000/frames";
    server.instead.set(`GET ${frames}`, [[200, { status: "streaming", items: [] }]]);
    write(twin, "Long?");
    await waitFor(() => expect(server.of("GET", frames)).toHaveLength(1));
    check(twin, "remember");
    await answered(twin);
    expect(texts(twin, "answer")[0]).toContain("An answer.");
    check(twin, "remember");
    write(twin, "Two?");
    await answered(twin, 2);
    expect(server.visits, "as it was begun").toBe(1);
    check(twin, "no-transcript");
    write(twin, "Three?");
    await answered(twin, 3);
    expect(server.visits).toBe(2);
  });

  it("is downloaded, of every visit", async () => {
    const made: Blob[] = [];
    Object.assign(URL, { createObjectURL: (blob: Blob) => (made.push(blob), "blob:x"), revokeObjectURL: () => undefined });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const twin = await opened();
    check(twin, "download");
    expect(made).toEqual([]);
    write(twin, "One?");
    await answered(twin);
    check(twin, "no-transcript");
    write(twin, "Two?");
    await answered(twin, 2);
    server.instead.set("GET /twins/me/visit", [[200, { visit_id: "v1" }], [200, { visit_id: "v2" }]]);
    check(twin, "download");
    await waitFor(() => expect(made).toHaveLength(1));
    expect(made[0]?.size).toBe(JSON.stringify({ visits: [{ visit_id: "v1" }, { visit_id: "v2" }] }, null, 2).length);
    expect(server.of("GET", "/twins/me/visit").map(({ token }) => token)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });
});

describe("a preview", () => {
  it("asks by its own token of the draft that it is given, and begins no visit", async () => {
    document.body.innerHTML = '<main lang="en"></main>';
    const twin = document.createElement("chatapp-twin") as ChatappTwin;
    twin.setAttribute("preview-token", "draft");
    twin.profile = profile;
    document.querySelector("main")?.append(twin);
    await opened(twin);
    write(twin, "One?");
    await answered(twin);
    expect([server.visits, server.of("GET", "/twins/me").length]).toEqual([0, 0]);
    expect(server.of("POST", "/twins/me/messages")[0]?.token).toBe("Bearer draft");
    server.instead.set("POST /twins/me/messages", [refusal(401, { code: "visit_over" })]);
    write(twin, "Two?");
    await waitFor(() => expect(texts(twin, "status")[0]).toBe("This preview is over. Open another one."));
    expect(server.visits).toBe(0);
    expect(Object.keys(sessionStorage)).toEqual([]);
    server.instead.set("POST /twins/me/messages", [refusal(429, { code: "budget_spent" })]);
    write(twin, "Three?");
    await waitFor(() => expect(texts(twin, "status")[0]).toMatch(/^This month’s budget, from which previews are paid, is spent/));
    twin.setAttribute("preview-token", "next");
    await opened(twin);
    expect([server.of("GET", "/twins/me").length, texts(twin, "title"), texts(twin, "question")]).toEqual([0, ["Ask Ada"], []]);
  });
});
