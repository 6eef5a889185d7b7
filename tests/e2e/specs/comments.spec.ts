import type { Browser, Locator, Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import { commentsEn as texts } from "../../../site/src/i18n/comments/en";
import { expectAccessible } from "../support/axe";
import { Chat } from "../support/chat";
import { uniqueWord } from "../support/model";
import { fits, servePortfolio, type Portfolio } from "../support/portfolio";
import { stage, takeAccount, type Account } from "../support/stage";
import { expect, test } from "../support/test";

/** What the browser keeps of a public answer, and a ban that goes through all comments of a person. */
const FOLLOWS = { timeout: 90_000 };

/** An owner at the moderation page, in a browser of their own. */
class Owner {
  readonly page: Page;
  readonly chat: Chat;

  constructor(page: Page) {
    this.page = page;
    this.chat = new Chat(page);
  }

  static async of(browser: Browser): Promise<Owner> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const owner = new Owner(await context.newPage());
    await owner.chat.open();
    await owner.chat.signIn(takeAccount({ group: "owners" }));
    return owner;
  }

  async opens(state: keyof typeof texts.moderation.states): Promise<void> {
    await this.page.goto(`${stage.site_url}/moderation`);
    await this.page.getByText(texts.moderation.states[state], { exact: true }).first().click();
  }

  comment(text: string): Locator {
    return this.page.getByRole("article").filter({ hasText: text });
  }

  async decides(text: string, action: "approve" | "hide" | "restore"): Promise<void> {
    await this.comment(text).getByRole("button", { name: texts.moderation[action], exact: true }).click();
    await expect(this.page.getByText(texts.moderation.done[action])).toBeVisible();
  }
}

async function newSection(owner: Owner): Promise<{ id: string; title: string }> {
  const id = uniqueWord();
  const title = `Section ${id}`;
  await owner.chat.api("PUT", `/sections/${id}`, { title, url: "https://portfolio.example/", open: true });
  return { id, title };
}

/** What the browser keeps for some seconds is asked for again until it is as it shall be. */
async function follows(page: Page, url: string, shown: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.goto(url);
    await shown();
  }).toPass(FOLLOWS);
}

async function signIn(page: Page, account: Account): Promise<void> {
  await page.getByRole("button", { name: texts.signIn }).click();
  await new Chat(page).fillSignIn(account);
}

/** Whoever is quicker than people are is asked to publish it again. until: what is shown once it was taken, or refused. */
async function publishes(page: Page, text: string, until = page.getByRole("article").filter({ hasText: text })): Promise<void> {
  const button = page.getByRole("button", { name: texts.publish, exact: true });
  await page.getByRole("textbox", { name: texts.box }).fill(text);
  await expect(async () => {
    if (await button.isEnabled()) await button.click();
    await expect(until).toBeVisible({ timeout: 4_000 });
  }).toPass();
}

test.describe("comments on a foreign page", () => {
  let portfolio: Portfolio | null = null;

  test.afterEach(() => portfolio?.close());

  test("from reading to a ban @phone", { tag: "@local_only" }, async ({ page, browser }) => {
    const owner = await Owner.of(browser);
    const { id, title } = await newSection(owner);
    const own = await servePortfolio(id);
    portfolio = own;
    const element = page.locator("chatapp-comments");
    const says = (text: string) => expect(element.getByText(text)).toBeVisible({ timeout: 5_000 });
    const section = `${stage.site_url}/sections/${id}`;

    await page.goto(own.url);
    await says("No comment yet.");
    await expectAccessible(page, "an empty element");
    await element.getByRole("link", { name: "Write a comment" }).click();
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
    await expectAccessible(page, "a section, to a visitor");
    expect(await fits(page)).toBe(true);

    await signIn(page, takeAccount({ group: "" }));
    const text = `Hello from ${id} <b>not bold</b> https://example.org/a.`;
    await publishes(page, text);
    await expect(page.getByText(texts.held)).toBeVisible();
    await expectAccessible(page, "a section, to its writer");
    expect(await fits(page)).toBe(true);
    await page.getByRole("link", { name: texts.section.back(own.host) }).click();
    await expect(page).toHaveURL(own.url);
    await says("No comment yet.");

    await owner.opens("held");
    await expectAccessible(owner.page, "moderation");
    await owner.decides(text, "approve");
    await expect(owner.comment(text)).toHaveCount(0);
    await follows(page, own.url, () => says("1 comment"));
    await says(text);
    await expect(element.getByRole("link", { name: "https://example.org/a" })).toHaveAttribute("rel", /nofollow ugc/);
    await expectAccessible(page, "an element with a comment");
    expect(await fits(page)).toBe(true);

    await page.goto(section);
    await page.getByRole("button", { name: texts.editOf }).click();
    await page.getByRole("textbox", { name: texts.editOf }).fill(`${text} More.`);
    await page.getByRole("button", { name: texts.save, exact: true }).click();
    await expect(page.getByText(texts.edited, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: texts.deleteOf }).click();
    await expect(page.getByRole("article")).toHaveCount(0);
    await page.getByRole("button", { name: texts.undo }).click();
    await expect(page.getByText(texts.undone)).toBeVisible();
    await expect(page.getByRole("article")).toHaveCount(1);
    await follows(page, own.url, () => says("edited"));
    await says("1 comment");

    await owner.opens("all");
    await owner.comment(text).getByRole("button", { name: texts.reply, exact: true }).click();
    await owner.page.getByRole("textbox", { name: /^Reply to/ }).fill("Thank you.");
    await owner.page.getByRole("button", { name: texts.publish, exact: true }).click();
    await follows(page, own.url, () => says("2 comments"));
    await expect(element.getByText("Owner", { exact: true })).toBeVisible();
    await owner.decides(text, "hide");
    await follows(page, own.url, () => expect(element.getByText(text)).toHaveCount(0, { timeout: 5_000 }));
    await says("1 comment");
    await page.goto(section);
    await expect(page.getByText(texts.hidden), "its writer is told").toBeVisible();
    await owner.decides(text, "restore");
    await follows(page, own.url, () => says("2 comments"));

    const name = (await owner.comment(text).getAttribute("aria-label"))?.replace(/^Comment by (.*) on .*$/, "$1") ?? "";
    await owner.comment(text).getByRole("button", { name: texts.moderation.actions(name) }).click();
    await owner.page.getByRole("menuitem", { name: texts.moderation.ban }).click();
    await owner.page.getByRole("button", { name: texts.moderation.banConfirm }).click();
    await follows(page, own.url, () => expect(element.getByText(text)).toHaveCount(0, { timeout: 5_000 }));
    await page.goto(section);
    await publishes(page, "And another one", page.getByText(texts.errors.comments_banned));
    await expect(page.getByRole("textbox", { name: texts.box }), "what was written is kept").toHaveValue("And another one");
    await owner.page.context().close();
  });
});

test("nobody is led back to where the stage does not allow it", async ({ page, browser }) => {
  const owner = await Owner.of(browser);
  const { id, title } = await newSection(owner);
  await page.goto(`${stage.site_url}/sections/${id}?return=${encodeURIComponent("https://evil.example/")}`);
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expect(page.getByRole("link", { name: /evil|Back/ })).toHaveCount(0);
  await page.goto(`${stage.site_url}/sections/none-${id}`);
  await expect(page.getByRole("heading", { name: texts.section.unknownTitle })).toBeVisible();
  await owner.page.context().close();
});

test("an owner closes a section, and moderates by keys", async ({ page, browser }) => {
  const owner = await Owner.of(browser);
  const { id } = await newSection(owner);
  await page.goto(`${stage.site_url}/sections/${id}`);
  await signIn(page, takeAccount());
  await publishes(page, `First of ${id}`);
  await publishes(page, `Second of ${id}`);
  await owner.opens("held");
  await owner.comment(`Second of ${id}`).focus();
  await owner.page.keyboard.press("h");
  await expect(owner.comment(`Second of ${id}`)).toHaveCount(0);
  await owner.comment(`First of ${id}`).focus();
  await owner.page.keyboard.press("a");
  await expect(owner.comment(`First of ${id}`)).toHaveCount(0);
  await owner.page.getByText(texts.sections.title, { exact: true }).click();
  const row = owner.page.getByRole("listitem").filter({ hasText: id });
  await row.getByRole("button", { name: texts.sections.close, exact: true }).click();
  await expect(row.getByRole("button", { name: texts.sections.reopen })).toBeVisible();
  await expectAccessible(owner.page, "sections");
  // A section as everybody reads it may be ten seconds old.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(texts.closed)).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(page.getByRole("article").filter({ hasText: `First of ${id}` })).toBeVisible();
  await expect(page.getByRole("link", { name: texts.section.toChat })).toBeVisible();
  await owner.page.context().close();
});

test("owners' pages are told to be theirs", async ({ page, chat }) => {
  await expect(page.getByRole("link", { name: en.app.moderation })).toHaveCount(0);
  for (const path of ["/people", "/moderation"]) {
    await chat.open(path);
    await expect(page.getByRole("heading", { name: en.app.ownersTitle })).toBeVisible();
  }
});
