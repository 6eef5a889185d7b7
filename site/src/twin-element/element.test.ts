/** The twin as a visitor has it, on a faked API. */
import { waitFor } from "@testing-library/dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { citation, message, profile, refusal, type FakeTwin, type Reply } from "@/test/fakeTwin";
import { all, answered, box, closeBrowser, dialog, one, openBrowser, opened, place, screen, shadow, texts, write } from "@/test/visitedPage";

let server: FakeTwin;

beforeEach(async () => {
  server = await openBrowser();
});

afterEach(closeBrowser);

describe("opening", () => {
  it("asks for nothing before, and for the profile alone then", async () => {
    const twin = place();
    expect(server.sent).toEqual([]);
    await opened(twin);
    expect(server.sent.map(({ method, path, token }) => [method, path, token])).toEqual([["GET", "/twins/me", null]]);
    expect(texts(twin, "title")).toEqual(["Ask Ada"]);
    expect(shadow(twin).querySelector('[part="greeting"]')?.textContent).toBe("Hello.<b>Ask</b> me.");
  });

  it("gives the focus back, and is closed by Escape", async () => {
    const twin = place();
    document.getElementById("before")?.focus();
    await opened(twin);
    await waitFor(() => expect(shadow(twin).activeElement).toBe(box(twin)));
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", keyCode: 229, bubbles: true }));
    expect(dialog(twin).open, "a word is left, not the chat").toBe(true);
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect([dialog(twin).open, twin.hasAttribute("open")]).toEqual([false, false]);
    expect(document.activeElement?.id).toBe("before");
  });

  it("is a sheet over the page on a phone, whose keyboard stays away", async () => {
    screen.isNarrow = true;
    const twin = await opened();
    expect([dialog(twin).className, dialog(twin).dataset["modal"]]).toEqual(["sheet", ""]);
    expect(shadow(twin).activeElement).toBe(one(twin, "title"));
  });

  it("is opened by what stands in it", async () => {
    const twin = place();
    twin.innerHTML = "<button>Mine</button>";
    const slot = shadow(twin).querySelector("slot");
    expect(slot?.assignedElements()).toEqual([twin.firstElementChild]);
    slot?.dispatchEvent(new MouseEvent("click"));
    expect(dialog(twin).open).toBe(true);
  });

  it("asks what the page asks", async () => {
    const twin = place();
    twin.open("What do you do?");
    await answered(twin);
    expect(texts(twin, "question")).toEqual(["You asked: What do you do?"]);
  });

  it.each([
    [refusal(404, { code: "not_found" }), "There is no twin here."],
    [refusal(403, { code: "origin_not_allowed" }), "The owner of this twin has not allowed it on this page."],
    [refusal(500, { code: "internal" }), "The twin could not be reached.Try again"],
  ])("says what there is not: %#", async (reply, text) => {
    server.profile = reply;
    const twin = place();
    twin.open();
    await waitFor(() => expect(texts(twin, "notice")).toEqual([text]));
  });

  it("speaks the language of the page around it or its own, and keeps what was written", async () => {
    const twin = await opened();
    box(twin).value = "Half";
    twin.setAttribute("lang", "fr-CA");
    expect(texts(twin, "title")).toEqual(["Interroger Ada"]);
    expect(texts(twin, "suggestion")).toEqual(["Que faites-vous ?"]);
    expect(box(twin).value).toBe("Half");
  });
});

describe("a question", () => {
  it("begins a visit, and is answered with its sources", async () => {
    server.content = [
      { type: "text", text: "I was an analyst", citations: [citation("e1"), citation("e1")] },
      { type: "text", text: ".\n\nThen I was not.", citations: [citation("e2", "Later")] },
    ];
    const twin = await opened(place('handle="me"', '<article id="entry-e1"></article>'));
    write(twin, "What were you?");
    await answered(twin);
    const [visit] = server.of("POST", "/twins/me/visits");
    expect(visit?.body).toMatchObject({ language: "en", remember: false, transcript: true });
    const [asked] = server.of("POST", "/twins/me/messages");
    expect([asked?.token, asked?.body]).toEqual(["Bearer token-1", { text: "What were you?", request_id: expect.any(String), language: "en" }]);
    expect(all(twin, "text").slice(-2).map((found) => found.textContent)).toEqual(["I was an analyst1.", "Then I was not.2"]);
    const marks = all(twin, "citation") as HTMLAnchorElement[];
    expect(marks.map((mark) => [mark.getAttribute("href"), mark.target])).toEqual([["#entry-e1", ""], ["%CHATAPP_SITE_URL%/#entry-e2", "_blank"]]);
    expect(marks[0]?.getAttribute("aria-label")).toBe("Source 1: Analyst, Experience");
  });

  it("is text in its answer whatever that holds; only what is published is a link", async () => {
    const hostile = '<img src=x onerror=alert(1)> ![x](https://evil.example/p.png) javascript:alert(1) https://evil.example/ https://ada.example/';
    server.content = [{ type: "text", text: hostile, citations: [citation('"><script>', "<script>alert(1)</script>")] }];
    const twin = await opened();
    write(twin, "<b>Who</b>?");
    await answered(twin);
    expect(shadow(twin).querySelector("img, script, b, iframe")).toBeNull();
    expect(texts(twin, "question")).toEqual(["You asked: <b>Who</b>?"]);
    expect(one(twin, "answer").querySelector('[part="text"]')?.textContent).toBe(`${hostile}1`);
    expect((all(twin, "link") as HTMLAnchorElement[]).map(({ href }) => href)).toEqual(["https://ada.example/"]);
    expect(texts(twin, "source")).toEqual(["<script>alert(1)</script>"]);
  });

  it("that the sources do not answer is told with the contact", async () => {
    server.content = [{ type: "tool_use", name: "not_in_sources" }, { type: "text", text: "I do not know." }];
    const twin = await opened();
    write(twin, "Shoe size?");
    await answered(twin);
    expect(one(twin, "heard").lastElementChild?.textContent, "heard, too").toMatch(/That is not in the sources.*Contact: Write to me$/);
    expect(texts(twin, "contact")).toEqual(["That is not in the sources. The question was passed on. Contact: Write to me"]);
    expect((all(twin, "link")[0] as HTMLAnchorElement).href).toBe("mailto:ada@example.org");
  });

  it("that is too long is not sent", async () => {
    const twin = await opened();
    write(twin, "x".repeat(21));
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    expect(texts(twin, "question")).toEqual([]);
    expect(texts(twin, "hint")).toEqual(["At most 20 characters."]);
    expect(server.of("POST", "/twins/me/messages")).toEqual([]);
  });

  it("is sent on Enter, unless a line is begun or a word composed", async () => {
    const twin = await opened();
    box(twin).value = "One";
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true }));
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true }));
    // As Safari tells of the key that confirms a word.
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229 }));
    expect(all(twin, "question")).toHaveLength(0);
    box(twin).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    await answered(twin);
  });

  it("is heard by sentences that are finished", async () => {
    server.content = [{ type: "text", text: "First one. Second one." }];
    const twin = await opened();
    write(twin, "Say.");
    await answered(twin);
    expect([...one(twin, "heard").children].map((line) => line.textContent)).toEqual(["First one. Second one."]);
  });

  it("goes on in the same visit, also when the page is loaded anew", async () => {
    const twin = await opened();
    write(twin, "One?");
    await answered(twin);
    write(twin, "Two?");
    await answered(twin, 2);
    expect(server.visits).toBe(1);
    server.kept = [message("a", "assistant", "complete", [{ type: "text", text: "Yes." }], "u"), message("u", "user", "complete", [{ type: "text", text: "One?" }])];
    const again = await opened();
    await waitFor(() => expect(texts(again, "question")).toEqual(["You asked: One?"]));
    expect(texts(again, "answer")[0]).toContain("Yes.");
    expect(server.of("GET", "/twins/me/messages").at(-1)?.token).toBe("Bearer token-1");
  });

  it("is asked in a new visit when the one it was meant for is over, and what was said stays", async () => {
    const twin = await opened();
    write(twin, "One?");
    await answered(twin);
    server.instead.set("POST /twins/me/messages", [refusal(401, { code: "visit_over" })]);
    write(twin, "Two?");
    await answered(twin, 2);
    expect(server.visits).toBe(2);
    expect(server.of("POST", "/twins/me/messages").map(({ token }) => token)).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
    expect(texts(twin, "question")).toHaveLength(2);
    expect(all(twin, "exchange")[0]?.querySelector('[part="rate up"]'), "of a visit that is over").toBeNull();
    expect(server.of("POST", "/twins/me/visits")[1]?.body, "nobody has asked to be remembered").not.toHaveProperty("previous_token");
  });
});

describe("an answer", () => {
  it("is rated, and rated otherwise where the server does not take it", async () => {
    const twin = await opened();
    write(twin, "One?");
    await answered(twin);
    one(twin, "rate up").focus();
    one(twin, "rate up").click();
    await waitFor(() => expect(server.sent.at(-1)?.body).toEqual({ rating: "up" }));
    expect(one(twin, "rate up")).toHaveAttribute("aria-pressed", "true");
    expect(shadow(twin).activeElement).toBe(one(twin, "rate up"));
    const path = server.sent.at(-1)?.path ?? "";
    server.instead.set(`PUT ${path}`, [refusal(500, {})]);
    one(twin, "rate down").click();
    await waitFor(() => expect(server.of("PUT", path)).toHaveLength(2));
    await waitFor(() => expect(one(twin, "rate up")).toHaveAttribute("aria-pressed", "true"));
  });

  it("that is being written can be stopped, and one that was is asked for anew", async () => {
    const twin = await opened();
    const hold: Reply = [200, { status: "streaming", items: [] }];
    vi.spyOn(crypto, "randomUUID").mockReturnValue("00000000-0000-4000-8000-000000000000");
    const stopped = [{ type: "answer.done", status: "stopped", conversation_id: "c", message_id: "a", sequence: 1 }];
    const path = "/twins/me/messages/a-00000000-0000-4000-8000-000000000000";
    server.instead.set(`GET ${path}/frames`, [hold, [200, { status: "stopped", items: stopped }]]);
    write(twin, "Long?");
    await waitFor(() => expect(one(twin, "stop")).toBeEnabled());
    expect(one(twin, "send")).toHaveAttribute("hidden");
    await waitFor(() => expect(server.of("GET", `${path}/frames`)).toHaveLength(1));
    one(twin, "stop").click();
    await waitFor(() => expect(server.of("POST", `${path}/stop`)).toHaveLength(1));
    await waitFor(() => expect(texts(twin, "status")).toContain("Stopped."));
    expect(one(twin, "heard").lastElementChild?.textContent).toBe("Stopped.");
    const at = Date.now() + 30_000;
    server.instead.set(`POST ${path}/retry`, [refusal(429, { code: "rate_limited", retry_after_s: 30 })]);
    one(twin, "retry").click();
    const time = new Intl.DateTimeFormat("en", { timeStyle: "medium" });
    await waitFor(() => expect([0, 1_000].map((late) => `Too many questions. You can ask again at ${time.format(at + late)}.`)).toContain(texts(twin, "status")[0]));
    server.instead.set(`POST ${path}/retry`, []);
    one(twin, "retry").click();
    await waitFor(() => expect(server.of("POST", `${path}/retry`)).toHaveLength(2));
    await waitFor(() => expect(texts(twin, "answer")[0]).toContain("An answer."), { timeout: 5_000 });
  });

  it.each([
    ["en", /^The AI is overloaded, or cannot be reached. Still trying, until .+ at the latest.$/],
    ["fr", /^L’IA est surchargée ou injoignable. Nouveaux essais jusqu’à .+ au plus tard.$/],
  ])("that the model is asked for again says so, once to who hears it: %s", async (language, said) => {
    const twin = await opened(place(`handle="me" lang="${language}"`));
    vi.useFakeTimers();
    vi.spyOn(crypto, "randomUUID").mockReturnValueOnce("00000000-0000-4000-8000-000000000000");
    const path = "GET /twins/me/messages/a-00000000-0000-4000-8000-000000000000/frames";
    const waits = (sequence: number): unknown => ({ type: "answer.waiting", code: "model_overloaded", until: new Date(Date.now() + 30_000 + sequence).toISOString(), conversation_id: "c", message_id: "a-00000000-0000-4000-8000-000000000000", sequence });
    server.instead.set(path, [1, 2].map((sequence): Reply => [200, { status: "streaming", items: [waits(sequence)] }]));
    write(twin, "One?");
    await vi.advanceTimersByTimeAsync(500);
    const shown = () => one(twin, "answer").querySelector('[part="status"]')?.textContent;
    expect(shown()).toMatch(said);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown()).toBeUndefined();
    expect([...one(twin, "heard").children].map((line) => line.textContent)).toEqual([expect.stringMatching(said), "An answer."]);
  });

  it("is not asked for anew in a visit that is over", async () => {
    const twin = await opened();
    vi.spyOn(crypto, "randomUUID").mockReturnValueOnce("00000000-0000-4000-8000-000000000000");
    const path = "/twins/me/messages/a-00000000-0000-4000-8000-000000000000";
    const failed = [{ type: "answer.done", status: "failed", conversation_id: "c", message_id: "a", sequence: 1 }];
    server.instead.set(`GET ${path}/frames`, [[200, { status: "failed", items: failed }]]);
    write(twin, "One?");
    await answered(twin);
    server.instead.set(`POST ${path}/retry`, [refusal(401, { code: "visit_over" })]);
    one(twin, "retry").click();
    await waitFor(() => expect(texts(twin, "status")[0]).toBe("This visit is over. Ask your question anew."));
    expect(all(twin, "retry")).toEqual([]);
    write(twin, "One?");
    await answered(twin, 2);
    expect(server.visits).toBe(2);
  });
});

describe("the focus", () => {
  it.each([
    ["box", "send", false],
    ["thread", "send", true],
    ["box", "suggestion", false],
    ["thread", "suggestion", true],
  ])("goes to the %s when %s goes away, on a phone: %s", async (wanted, pressed, isPhone) => {
    screen.isNarrow = isPhone;
    const twin = await opened();
    box(twin).value = "One?";
    one(twin, pressed).focus();
    one(twin, pressed).click();
    await waitFor(() => expect(shadow(twin).activeElement).toBe(one(twin, wanted)));
    await answered(twin);
    shadow(twin).activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(dialog(twin).open).toBe(false);
  });
});

describe("a question that is not taken", () => {
  const send = "POST /twins/me/messages";

  it("waits as long as the server says, tells so, and is sent once more with its own id", async () => {
    const twin = await opened();
    vi.useFakeTimers();
    server.instead.set(send, [refusal(429, { code: "rate_limited", retry_after_s: 30 })]);
    write(twin, "One?");
    await vi.advanceTimersByTimeAsync(0);
    expect(texts(twin, "status")[0]).toMatch(/^Too many questions at once: yours is sent by itself at /);
    expect(one(twin, "send"), "one at a time").toHaveAttribute("hidden");
    await vi.advanceTimersByTimeAsync(29_900);
    expect(server.of("POST", "/twins/me/messages")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    const [first, second] = server.of("POST", "/twins/me/messages");
    expect(second?.body).toEqual(first?.body);
    expect(texts(twin, "answer")).toHaveLength(1);
  });

  it("does not wait for hours", async () => {
    const twin = await opened();
    server.instead.set(send, [refusal(429, { code: "rate_limited", retry_after_s: 7200 })]);
    write(twin, "One?");
    await waitFor(() => expect(texts(twin, "status")[0]).toMatch(/^Too many questions. You can ask again at /));
    one(twin, "take-back").click();
    expect([box(twin).value, texts(twin, "question")]).toEqual(["One?", []]);
  });

  it("by a twin at its budget says until when it rests, and sends nothing then", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const twin = await opened();
    server.instead.set(send, [refusal(429, { code: "twin_resting", retry_after_s: 3600, resting_until: until })]);
    write(twin, "One?");
    await waitFor(() => expect(texts(twin, "notice")[0]).toMatch(/^Ada’s twin has answered as much as it may for now; it answers again from /));
    expect(texts(twin, "status")[0]).toBe(texts(twin, "notice")[0]);
    expect(one(twin, "send")).toBeDisabled();
    write(twin, "Two?");
    expect(server.of("POST", "/twins/me/messages")).toHaveLength(1);
  });

  it("by a twin that rests already is not asked", async () => {
    server.profile = [200, { ...profile, resting_until: new Date(Date.now() + 60_000).toISOString() }];
    const twin = await opened();
    one(twin, "suggestion").click();
    expect(box(twin).value).toBe("What do you do?");
    expect(server.visits).toBe(0);
  });

  it("without a connection is sent when there is one", async () => {
    const twin = await opened();
    server.instead.set(send, [new TypeError("Failed to fetch")]);
    write(twin, "One?");
    await waitFor(() => expect(texts(twin, "status")[0]).toMatch(/^No connection/));
    window.dispatchEvent(new Event("online"));
    await answered(twin);
    const [first, second] = server.of("POST", "/twins/me/messages");
    expect(second?.body).toEqual(first?.body);
  });
  it("is tried again where the API is down and the browser is online", async () => {
    const twin = await opened();
    vi.useFakeTimers();
    server.instead.set(send, [new TypeError("Failed to fetch"), new TypeError("Failed to fetch")]);
    write(twin, "One?");
    await vi.advanceTimersByTimeAsync(0);
    expect(texts(twin, "status")[0]).toMatch(/^No connection/);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(server.of("POST", "/twins/me/messages")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(server.of("POST", "/twins/me/messages"), "later each time").toHaveLength(2);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(texts(twin, "answer")).toHaveLength(1);
  });
});
