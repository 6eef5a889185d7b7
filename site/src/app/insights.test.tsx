/** The owner's insights, as the whole site has them. */
import { cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { firstOf } from "@/features/insights/components/Shares";
import { setLanguage } from "@/i18n";
import { refused } from "@/test/fakeCommunity";
import { day, FakeInsights, question } from "@/test/fakeInsights";
import { openApp, openAsOwner, person, prepareApp } from "@/test/openApp";

configure({ asyncUtilTimeout: 10_000 });
prepareApp();

let api: FakeInsights;

beforeEach(() => {
  api = new FakeInsights();
  api.install(fetch);
  api.days = [
    day({ visits: 2, questions: 3, answers: 3, unsourced: 1, up: 1, down: 1, cost_usd: 0.03, languages: { en: 1, fr: 1 }, hosts: { "news.example": 1 } }),
    day({ day: "2026-11-28", visits: 1, first_word: { mean_ms: 900, p50_ms: 800, p95_ms: 1_900 }, languages: { other: 1 } }),
  ];
  return () => setLanguage("en");
});

const article = (text: string) => screen.getByRole("article", { name: `Question: ${text}` });

describe("insights", () => {
  it("are shown to owners alone", async () => {
    openApp("/insights");
    expect(await screen.findByText("This page is for owners")).toBeInTheDocument();
    expect(api.asked).toEqual([]);
  });

  it("tell a period in numbers, and each chart as a table", async () => {
    openAsOwner("/insights");
    const totals = await screen.findByRole("region", { name: "In the whole period" });
    expect(totals).toHaveTextContent(/Visits3Questions3Answers3Answers without a source133%Ratings1 up, 1 downCost\$0\.03\$0\.01 a question/);
    expect(totals).toHaveTextContent("First word0.8 sec95 in 100 within 1.9 sec");
    const table = screen.getByRole("table", { name: "Visits and questions a day" });
    expect(within(table).getByRole("row", { name: /27.*2.*3/ })).toBeInTheDocument();
    expect(screen.getAllByRole("table")).toHaveLength(4);
    expect(screen.getByText("French")).toBeInTheDocument();
    expect(screen.getByText("news.example")).toBeInTheDocument();
  });

  it("ask for the period that is chosen", async () => {
    openAsOwner("/insights");
    await person.click(await screen.findByRole("radio", { name: "7 days" }));
    await waitFor(() => {
      const from = api.asked.filter(({ path }) => path === "/insights/me").map(({ query }) => query.get("from"));
      const days = from.map((each) => Math.round((Date.now() - Date.parse(String(each))) / 86_400_000 - 0.5));
      expect(days).toEqual([29, 6]);
    });
  });

  it("say what to do where there is nothing yet", async () => {
    api.days = [day()];
    openAsOwner("/insights");
    expect(await screen.findByText("Nobody has come yet")).toBeInTheDocument();
    expect(await screen.findByText("No question waits for you.")).toBeInTheDocument();
    expect(screen.getByText(/No topics yet/)).toBeInTheDocument();
    cleanup();
    api.handles = [];
    openAsOwner("/insights");
    expect(await screen.findByRole("link", { name: "Set up the twin" })).toHaveAttribute("href", "/twin");
  });

  it("are of the twin that is chosen, where there are several", async () => {
    api.handles = ["ada", "me"];
    openAsOwner("/insights");
    expect(await screen.findByRole("radio", { name: "me" })).toBeChecked();
    await person.click(screen.getByRole("radio", { name: "ada" }));
    await waitFor(() => expect(api.asked.some(({ path }) => path === "/insights/ada")).toBe(true));
    expect(window.location.search).toBe("?twin=ada");
    api.questions = [question({ status: "answered" })];
    await person.click(await screen.findByRole("radio", { name: "Answered" }));
    expect(await screen.findByRole("link", { name: "Go to publish" })).toHaveAttribute("href", "/twin?twin=ada&step=publish");
  });

  it("are tried again when they could not be loaded", async () => {
    api.instead.set("GET /insights/me", refused(403, "forbidden"));
    openAsOwner("/insights");
    expect(await screen.findByRole("alert")).toHaveTextContent("The insights could not be loaded.");
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("region", { name: "In the whole period" })).toBeInTheDocument();
  });

  it("are in French", async () => {
    setLanguage("fr");
    openAsOwner("/insights");
    expect(await screen.findByRole("heading", { name: "Ce que les sources ne disent pas" })).toBeInTheDocument();
    expect(await screen.findByText("français")).toBeInTheDocument();
  });

  it("show topics with how often they were asked for", async () => {
    api.topics = {
      made_at: "2026-11-28T05:00:00.000Z",
      first_day: "2026-10-29",
      last_day: "2026-11-27",
      topics: [{ title: "Experience with Python", questions: 12, last_day: 2 }, { title: "<b>Bold</b>", questions: 1, last_day: 0 }],
    };
    openAsOwner("/insights");
    expect(await screen.findByText("Experience with Python")).toBeInTheDocument();
    expect(screen.getByText(/12 questions/)).toHaveTextContent("12 questions (2 on the last day)");
    expect(screen.getByText("<b>Bold</b>")).toBeInTheDocument();
  });

  it("come as CSV", async () => {
    const saved = vi.fn<(blob: Blob) => string>(() => "blob:csv");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: saved, revokeObjectURL: () => undefined }));
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    openAsOwner("/insights");
    await person.click(await screen.findByRole("button", { name: "Download as CSV" }));
    expect(names).toEqual(["insights-me-2026-11-27-2026-11-28.csv"]);
    const blob = saved.mock.calls[0]?.[0] as Blob;
    const text = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.readAsText(blob);
    });
    expect(text).toMatch(/^day,visits.*\r\n2026-11-27,2,3,/);
  });
});

describe("what the sources do not say", () => {
  beforeEach(() => {
    api.questions = [question(), question({ question_id: "q2", text: "Are you free in May?" })];
  });

  it("is answered with a note in the draft", async () => {
    openAsOwner("/insights");
    await person.click(within(await screen.findByRole("article", { name: /Breton/ })).getByRole("button", { name: "Answer this" }));
    const dialog = screen.getByRole("dialog", { name: "Answer with a note" });
    expect(within(dialog).getByRole("textbox", { name: "Title of the note" })).toHaveValue("Do you speak Breton?");
    expect(within(dialog).getByRole("button", { name: "Add the note" })).toBeDisabled();
    await person.type(within(dialog).getByRole("textbox", { name: "Note" }), "A little, since 2019.");
    await person.click(within(dialog).getByRole("button", { name: "Add the note" }));
    await waitFor(() => expect(api.sent("/insights/me/questions/q1")).toEqual([{ action: "answer", text: "A little, since 2019.", title: "Do you speak Breton?" }]));
    await waitFor(() => expect(screen.queryByRole("article", { name: /Breton/ })).toBeNull());
    await waitFor(() => expect(document.body).not.toHaveFocus());
    await person.click(screen.getByRole("radio", { name: "Answered" }));
    expect(within(await screen.findByRole("article", { name: /Breton/ })).getByRole("link", { name: "Go to publish" })).toHaveAttribute("href", "/twin?step=publish");
  });

  it("keeps what was written when it could not be stored", async () => {
    api.instead.set("POST /insights/me/questions/q1", refused(409, "question_answered"));
    openAsOwner("/insights");
    await person.click(within(await screen.findByRole("article", { name: /Breton/ })).getByRole("button", { name: "Answer this" }));
    await person.type(screen.getByRole("textbox", { name: "Note" }), "A little.");
    await person.click(screen.getByRole("button", { name: "Add the note" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Somebody has answered this question meanwhile.");
    expect(screen.getByRole("textbox", { name: "Note" })).toHaveValue("A little.");
    await person.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is dismissed, which is undone, and goes by keys", async () => {
    openAsOwner("/insights");
    await screen.findByRole("article", { name: /Breton/ });
    within(article("Do you speak Breton?")).getByRole("button", { name: "Dismiss" }).focus();
    await person.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByRole("article", { name: /Breton/ })).toBeNull());
    expect(article("Are you free in May?")).toHaveFocus();
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(api.sent("/insights/me/questions/q1")).toEqual([{ action: "dismiss" }, { action: "reopen" }]));
    expect(await screen.findByRole("article", { name: /Breton/ })).toBeInTheDocument();
  });

  it("comes back where dismissing it failed", async () => {
    api.instead.set("POST /insights/me/questions/q1", refused(503, "unavailable"));
    openAsOwner("/insights");
    await person.click(within(await screen.findByRole("article", { name: /Breton/ })).getByRole("button", { name: "Dismiss" }));
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    expect(await screen.findByRole("article", { name: /Breton/ })).toBeInTheDocument();
  });
});

describe("shares", () => {
  it("are the largest ten, and the others together", () => {
    const counts = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`h${at}.example`, at + 1]));
    const shown = firstOf({ ...counts, other: 5 });
    expect(shown).toHaveLength(11);
    expect(shown[0]).toEqual(["h11.example", 12]);
    expect(shown.at(-1)).toEqual(["other", 1 + 2 + 5]);
  });
});

describe("a visit that a visitor names", () => {
  const ID = "01JD000000000000000000000V";
  const path = `/insights/me/visits/${ID}`;
  const typeId = async (): Promise<void> => person.type(await screen.findByRole("textbox", { name: "Visit by its id" }), ` ${ID} `);

  it("is downloaded", async () => {
    const made: Blob[] = [];
    Object.assign(URL, { createObjectURL: (blob: Blob) => (made.push(blob), "blob:x"), revokeObjectURL: () => undefined });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    openAsOwner("/insights");
    await typeId();
    api.instead.set(`GET ${path}`, [200, { visit_id: ID }]);
    await person.click(screen.getByRole("button", { name: "Download the visit" }));
    await waitFor(() => expect(made.map(({ size }) => size)).toEqual([JSON.stringify({ visit_id: ID }, null, 2).length]));
  });

  it("is erased on being asked twice, and is told where there is none", async () => {
    openAsOwner("/insights");
    await typeId();
    const erased = () => api.asked.filter(({ method }) => method === "DELETE").map((one) => one.path);
    await person.click(screen.getByRole("button", { name: "Erase the visit" }));
    await person.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Cancel" }));
    expect(erased()).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Erase the visit" }));
    await person.click(screen.getByRole("button", { name: "Erase it for good" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Erase the visit" })).toHaveFocus());
    expect(await screen.findByText(/^There is no such visit of this twin/)).toBeInTheDocument();
    api.instead.set(`DELETE ${path}`, [200, { erased: true }]);
    await person.click(screen.getByRole("button", { name: "Erase the visit" }));
    await person.click(screen.getByRole("button", { name: "Erase it for good" }));
    expect(await screen.findByText("The visit is erased.")).toBeInTheDocument();
    expect(erased()).toEqual([path, path]);
    expect(screen.getByRole("textbox", { name: "Visit by its id" })).toHaveFocus();
  });
});
