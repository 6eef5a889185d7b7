/**
 * A twin from nothing to its visitors and back: an owner sets it up from a CV and LinkedIn's archive, visitors ask it on a
 * phone, what it could not answer becomes a note, and the next visitor is told.
 */
import { devices, type Browser, type Locator, type Page } from "@playwright/test";

import { insightsEn } from "../../../site/src/i18n/insights/en";
import { twinEn } from "../../../site/src/i18n/twin/en";
import { expectAccessible } from "../support/axe";
import { Chat } from "../support/chat";
import { script, uniqueWord } from "../support/model";
import { fits } from "../support/portfolio";
import { stage, takeAccount } from "../support/stage";
import { expect, test } from "../support/test";
import { fileOf, serveForeignPage, sources, TwinChat, words, type ForeignPage } from "../support/twin";

/** What is read by the model, written by a function and kept by a browser for some seconds takes its time. */
const SLOWLY = { timeout: 90_000 };
const POST = "Hydrologist";
const SUGGESTED = "Which low water model did you build?";

test.describe.configure({ mode: "parallel" });

interface Draft {
  revision: number;
  persona: Record<string, unknown>;
  published_version: number | null;
  page: { url: string; rendered_version: number | null };
}

class Owner {
  readonly page: Page;
  readonly chat: Chat;
  readonly handle: string;

  constructor(page: Page, handle: string) {
    this.page = page;
    this.chat = new Chat(page);
    this.handle = handle;
  }

  static async of(browser: Browser, handle = `noor-${uniqueWord()}`): Promise<Owner> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const owner = new Owner(await context.newPage(), handle);
    await owner.chat.open("/twin");
    await owner.chat.fillSignIn(takeAccount({ group: "owners" }));
    await expect(owner.page.getByRole("heading", { level: 1, name: twinEn.title })).toBeVisible();
    return owner;
  }

  async opens(step: "sources" | "entries" | "persona" | "preview" | "publish"): Promise<void> {
    await this.page.goto(`${stage.site_url}/twin?twin=${this.handle}`);
    await this.page.getByRole("navigation", { name: twinEn.steps.label }).getByRole("button", { name: twinEn.steps[step] }).click();
  }

  source(name: string | RegExp): Locator {
    return this.page.getByRole("list", { name: twinEn.sources.list, exact: true }).getByRole("listitem").filter({ hasText: name });
  }

  /** Publish the draft as it is, and wait until the page is written. */
  async publishes(): Promise<string> {
    await this.opens("publish");
    await this.page.getByRole("button", { name: new RegExp(`^(${twinEn.publish.publish}|${twinEn.publish.publishAgain})$`) }).last().click();
    await expect(this.page.getByText(twinEn.publish.done)).toBeVisible();
    const draft = () => this.chat.api<Draft>("GET", `/drafts/${this.handle}`);
    const isWritten = async (): Promise<boolean> => {
      const { page, published_version: published } = await draft();
      return page.rendered_version === published;
    };
    await expect.poll(isWritten, SLOWLY).toBe(true);
    return new URL((await draft()).page.url, stage.site_url).href;
  }

  /** As much of a twin as a test needs that is about its visitors. */
  async hasPublished(): Promise<string> {
    const made = await this.chat.api<Draft>("PUT", `/drafts/${this.handle}`, {});
    const texts = { greeting: "Hello.", suggested_questions: [SUGGESTED], topics: "", off_limits: [] };
    const persona = {
      ...made.persona,
      name: sources.owner,
      languages: ["en", "fr"],
      texts: { en: texts, fr: { ...texts, greeting: "Bonjour." } },
      contact: { label: "Write to Noor", url: "mailto:noor@example.org" },
    };
    await this.chat.api("PATCH", `/drafts/${this.handle}`, { revision: made.revision, persona });
    await this.chat.api("POST", `/drafts/${this.handle}/entries`, { section: "experience", title: POST, text: "Built the low water model of the Loire, in R." });
    return this.publishes();
  }

  async leaves(): Promise<void> {
    await this.chat.api("DELETE", `/drafts/${this.handle}`, { handle: this.handle });
    await this.page.context().close();
  }
}

const onPhone = async (browser: Browser): Promise<Page> => (await browser.newContext({ ...devices["Pixel 7"], locale: "en-GB" })).newPage();

test("from nothing to a question that is answered in the end", { tag: ["@local_only", "@scripted"] }, async ({ browser }) => {
  test.setTimeout(400_000);
  const owner = await Owner.of(browser);
  const { page } = owner;

  await test.step("sources", async () => {
    // On a stage that has a twin already it is another one.
    const menu = page.getByRole("button", { name: twinEn.which });
    await expect(menu.or(page.getByRole("button", { name: twinEn.start.create }))).toBeVisible();
    await menu.click();
    await page.getByRole("menuitem", { name: twinEn.another }).click();
    await page.getByRole("textbox", { name: twinEn.handle }).fill(owner.handle);
    await page.getByRole("button", { name: twinEn.start.create }).click();
    await expect(page.getByText(twinEn.sources.empty)).toBeVisible();
    await expectAccessible(page, "a twin without a source");
    await page.locator(`input[type="file"][aria-label="${twinEn.sources.cvAdd}"]`).setInputFiles(fileOf(sources.cv));
    await expect(owner.source("cv.txt")).toContainText(/\d+ entries/, SLOWLY);
    await page.locator(`input[type="file"][aria-label="${twinEn.sources.archiveAdd}"]`).setInputFiles(fileOf(sources.archive));
    const review = page.getByRole("region", { name: twinEn.archive.title });
    await expect(review).toContainText(twinEn.archive.of(sources.owner));
    for (const found of ["Education · 2 rows", "Recommendations Received · 2 rows", "Shares · 3 rows"]) await expect(review).toContainText(found);
    await expect(review, "private tables stay where they are").toContainText(/Never read: \d+ files/);
    await expectAccessible(page, "an archive before it is sent");
    await review.getByRole("button", { name: twinEn.archive.send }).click();
    await expect(review).toHaveCount(0);
    await expect(owner.source(twinEn.sources.kinds.linkedin).or(owner.source(/LinkedIn/)).first()).toContainText(/\d+ entries/);
  });

  await test.step("a conflict", async () => {
    await owner.opens("entries");
    const conflict = page.getByRole("group", { name: twinEn.conflicts.of(twinEn.conflicts.fields.end, POST) });
    await expect(conflict).toBeVisible();
    await expectAccessible(page, "entries with a conflict");
    await conflict.getByRole("button", { name: /^2021-01/ }).click();
    await expect(conflict).toHaveCount(0);
    await expect(page.getByRole("region", { name: twinEn.sections.experience })).toContainText("2021-01");
  });

  await test.step("persona", async () => {
    await owner.opens("persona");
    await page.getByRole("textbox", { name: twinEn.persona.name, exact: true }).fill(sources.owner);
    await page.getByRole("combobox", { name: twinEn.persona.languages }).selectOption("en,fr");
    await page.getByRole("textbox", { name: twinEn.persona.contactLabel }).fill("Write to Noor");
    await page.getByRole("textbox", { name: twinEn.persona.contactUrl }).fill("noor@example.org");
    await page.getByRole("button", { name: twinEn.save, exact: true }).click();
    await expect(page.getByRole("button", { name: twinEn.save, exact: true })).toHaveCount(0);
    await expectAccessible(page, "persona");
  });

  await test.step("preview", async () => {
    await owner.opens("preview");
    await page.getByRole("button", { name: twinEn.preview.show }).click();
    await expect(page.getByRole("article").filter({ hasText: sources.owner })).toContainText("Rivière & Sons");
    const preview = new TwinChat(page);
    await preview.open(twinEn.preview.chatOpen);
    const answer = await preview.ask("Which low water model did you build in R?");
    await expect(answer).toContainText("low water");
    await page.keyboard.press("Escape");
    await expect(preview.dialog).toBeHidden();
  });

  const url = await owner.publishes();
  const visitor = await onPhone(browser);
  const chat = new TwinChat(visitor);
  const missing = "What is your shoe size?";

  await test.step("a visitor on a phone", async () => {
    await visitor.goto(url);
    await expect(visitor.getByRole("heading", { level: 1, name: sources.owner })).toBeVisible();
    await chat.open("Ask a question");
    await expectAccessible(visitor, "the chat, as a sheet");
    expect(await fits(visitor)).toBe(true);
    const first = await chat.ask("Which low water model did you build in R?");
    await expect(first).toContainText("low water");
    const french = await chat.ask("Quelles langues parlez-vous ?");
    await expect(french).toContainText("Japanese");
    await expect(french, "in the language of the question").toContainText("Voici ce qu’en disent les sources");
    const mark = chat.source(french, ".+");
    const entry = await mark.getAttribute("href");
    await mark.click();
    await expect(chat.dialog, "what it covers is shown").toBeHidden();
    await expect(visitor.locator(`[id="${entry?.slice(1)}"]`)).toBeInViewport();
    await chat.open("Ask a question");
    const none = await chat.ask(missing);
    await expect(none).toContainText(words.en.notInSources);
    await expect(none.getByRole("link", { name: "Write to Noor" })).toHaveAttribute("href", "mailto:noor@example.org");
    await expectAccessible(visitor, "the chat with answers");
  });

  await test.step("the owner answers", async () => {
    await page.goto(`${stage.site_url}/insights?twin=${owner.handle}`);
    const question = page.getByRole("article", { name: insightsEn.asked.question(missing) });
    await expect(question).toBeVisible();
    await expectAccessible(page, "insights");
    await question.getByRole("button", { name: insightsEn.asked.answer }).click();
    await page.getByRole("textbox", { name: insightsEn.asked.noteTitle }).fill("In figures");
    await page.getByRole("textbox", { name: insightsEn.asked.note, exact: true }).fill("My shoe size is thirty-eight.");
    await page.getByRole("button", { name: insightsEn.asked.save }).click();
    await expect(page.getByText(insightsEn.asked.answered)).toBeVisible();
    await owner.publishes();
  });

  await test.step("the visitor asks again", async () => {
    const answer = await chat.ask(missing);
    await expect(answer).toContainText("thirty-eight");
    await expect(answer.getByRole("link").first()).toBeVisible();
    await visitor.reload();
    await chat.open("Ask a question");
    await expect(chat.answers, "the same visit goes on").toHaveCount(4);
  });

  await visitor.context().close();
  await owner.leaves();
});

test.describe("the element on a foreign page", () => {
  let foreign: ForeignPage | null = null;

  test.afterEach(() => foreign?.close());

  for (const scheme of ["light", "dark"] as const) {
    test(`is asked, rated, erased, and nobody's where it is not allowed, ${scheme} @phone`, { tag: ["@local_only", "@scripted"] }, async ({ page, browser }) => {
      const owner = await Owner.of(browser);
      await owner.hasPublished();
      foreign = await serveForeignPage(owner.handle);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const chat = new TwinChat(page);

      await page.goto(foreign.allowed);
      await expect(page.getByRole("button", { name: words.en.launch })).toBeVisible();
      expect(asked.filter((url) => url.startsWith(stage.api_url)), "nothing is asked before it is opened").toEqual([]);
      await expectAccessible(page, "the button alone");
      await chat.open();
      await expectAccessible(page, "the chat before a question");
      expect(await fits(page)).toBe(true);

      await chat.dialog.getByRole("button", { name: SUGGESTED }).click();
      const first = chat.answers.first();
      await chat.ended(first);
      await expect(chat.dialog.getByRole("button", { name: SUGGESTED }), "room is made for answers").toBeHidden();
      await expect(chat.source(first, POST)).toHaveAttribute("href", new RegExp(`^${stage.site_url}/twin/${owner.handle}/#entry-`));
      await first.getByRole("button", { name: words.en.up }).click();
      await expect(first.getByRole("button", { name: words.en.up })).toHaveAttribute("aria-pressed", "true");
      await expectAccessible(page, "the chat with an answer");

      const word = uniqueWord();
      await script(word, { text: `<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) https://evil.example/ ${"slowly ".repeat(200)}`, delay_chunk_s: 0.05 });
      await chat.send(`${word}: tell me all.`);
      const second = chat.answers.nth(1);
      await expect(second).toContainText("<img src=x onerror=alert(1)>", SLOWLY);
      await chat.dialog.getByRole("button", { name: words.en.stop, exact: true }).click();
      await expect(second).toContainText(words.en.ended.stopped, SLOWLY);
      await expect(second.locator("img, a[href*='evil']")).toHaveCount(0);
      expect(asked.filter((url) => url.includes("evil.example"))).toEqual([]);

      await chat.dialog.getByText(words.en.consent.options).click();
      const download = page.waitForEvent("download");
      await chat.dialog.getByRole("button", { name: words.en.consent.download }).click();
      expect((await download).suggestedFilename()).toBe("visits.json");
      await chat.dialog.getByRole("button", { name: words.en.consent.erase }).click();
      await chat.dialog.getByRole("button", { name: words.en.consent.eraseForGood }).click();
      await expect(chat.answers).toHaveCount(0);
      await expect(chat.dialog.getByText(words.en.consent.erased)).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(chat.dialog).toBeHidden();
      await expect(page.getByRole("button", { name: words.en.launch })).toBeFocused();

      await page.goto(foreign.refused);
      await page.getByRole("button", { name: words.en.launch }).click();
      await expect(chat.dialog.getByRole("alert")).toHaveText(words.en.refusedPage);
      await owner.leaves();
    });
  }

  test("goes on by reading where sockets are blocked, and waits for the network", { tag: ["@local_only", "@scripted"] }, async ({ page, context, browser }) => {
    const owner = await Owner.of(browser);
    await owner.hasPublished();
    foreign = await serveForeignPage(owner.handle);
    await page.routeWebSocket(/.*/, (socket) => socket.close());
    const chat = new TwinChat(page);
    await page.goto(foreign.allowed);
    await chat.open();
    const answer = await chat.ask("Which low water model did you build in R?");
    await expect(answer).toContainText("low water");
    await context.setOffline(true);
    await chat.send("And in which language?");
    await expect(chat.thread.getByText(words.en.problems.offline)).toBeVisible();
    await context.setOffline(false);
    await expect(chat.answers).toHaveCount(2);
    await chat.ended(chat.answers.nth(1));
    await owner.leaves();
  });

  test("rests at its budget, and says until when", { tag: "@local_only" }, async ({ page, browser }) => {
    const owner = await Owner.of(browser);
    await owner.hasPublished();
    const { revision } = await owner.chat.api<Draft>("GET", `/drafts/${owner.handle}`);
    await owner.chat.api("PATCH", `/drafts/${owner.handle}`, { revision, daily_budget_usd: 0 });
    foreign = await serveForeignPage(owner.handle);
    const chat = new TwinChat(page);
    await page.goto(foreign.allowed);
    await chat.open();
    await expect(chat.dialog.getByText(/answers again from/)).toBeVisible();
    await expect(chat.dialog.getByRole("button", { name: words.en.send, exact: true })).toBeDisabled();
    await owner.leaves();
  });
});
