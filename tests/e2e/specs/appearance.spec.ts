import type { Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import { fr } from "../../../site/src/i18n/fr";
import { expectAccessible } from "../support/axe";
import { Chat } from "../support/chat";
import { quickQuestion, script, uniqueWord } from "../support/model";
import { expect, test } from "../support/test";

async function choose(page: Page, label: string): Promise<void> {
  await page.getByText(label, { exact: true }).click();
  await expect(page.getByRole("radio", { name: label })).toBeChecked();
}

async function openSettings(page: Page): Promise<void> {
  const drawer = page.getByRole("button", { name: en.app.openList });
  if (await drawer.isVisible()) await drawer.click();
  await page.getByRole("button", { name: en.settings.open }).click();
}

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

// Colours are the same on a phone, where the light ones are enough.
for (const [scheme, phone] of [["light", " @phone"], ["dark", ""]] as const) {
  test(`axe finds nothing on the sign-in pages, ${scheme}${phone}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await new Chat(page).open();
    await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
    await expectAccessible(page, "sign-in");
    await page.getByRole("button", { name: en.auth.signIn }).isEnabled();
    await page.getByRole("button", { name: en.auth.forgot }).click();
    await expect(page.getByRole("heading", { name: en.auth.forgotTitle })).toBeVisible();
    await expectAccessible(page, "forgotten password");
  });

  test(`axe finds nothing in the chat, ${scheme}${phone}`, { tag: "@scripted" }, async ({ page, chat }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expectAccessible(page, "an empty chat");
    const word = uniqueWord();
    const text = "Some **strong** words and `code`.\n\n```python\ndef one() -> int:\n    return 1  # one\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> quoted\n\n1. first\n2. second [link](https://example.com/)";
    await script(`${word}-first`, { text, thinking: "A thought." });
    await script(`${word}-broken`, { error: { status: 400, type: "invalid_request_error", message: "no" } });
    await chat.ask(`${word}-first question`);
    await expect(chat.answers.locator("pre code [class*=tok-]").first()).toBeVisible();
    await expectAccessible(page, "an answer");
    await chat.send(`${word}-broken question`);
    await expect(chat.answers.getByRole("note")).toBeVisible();
    await expectAccessible(page, "an error");
    await openSettings(page);
    await expect(page.getByRole("button", { name: en.settings.signOut, exact: true })).toBeVisible();
    await expectAccessible(page, "list and settings");
  });
}

test("axe finds nothing while an answer streams, and in open menus", { tag: "@scripted" }, async ({ page, chat }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const word = uniqueWord();
  await script(word, { text: "A slow answer. ".repeat(200), delay_chunk_s: 0.1 });
  await chat.send(`${word}: a question`);
  await chat.partOf(chat.answers.first(), 10);
  await expectAccessible(page, "a growing answer");
  await chat.stopButton.click();
  await chat.ended(chat.answers.first());
  await page.getByRole("button", { name: /^Model: / }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessible(page, "the model menu");
});

test("French from the first page on, and English again", async ({ page, account }) => {
  const chat = await new Chat(page).open();
  await choose(page, "Français");
  await expect(page.getByRole("heading", { name: fr.auth.signInTitle })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await page.getByLabel(fr.auth.email).fill(account.email);
  await page.getByLabel(fr.auth.password, { exact: true }).fill("Wrong-password-1");
  await page.getByRole("button", { name: fr.auth.signIn }).click();
  await expect(page.getByRole("alert")).toHaveText(fr.auth.errors.credentials);
  await page.getByLabel(fr.auth.password, { exact: true }).fill(account.password);
  await page.getByRole("button", { name: fr.auth.signIn }).click();
  await expect(page.getByRole("heading", { name: fr.chat.emptyTitle })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: fr.chat.messageBox })).toBeVisible();
  const drawer = page.getByRole("button", { name: fr.app.openList });
  if (await drawer.isVisible()) await drawer.click();
  await page.getByRole("button", { name: fr.settings.open }).click();
  await choose(page, "English");
  await expect(page.getByRole("button", { name: en.settings.signOut, exact: true })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  expect(chat.page).toBe(page);
});

test.describe("in a French browser", () => {
  test.use({ locale: "fr-CA" });

  test("the page is French without being asked", async ({ page }) => {
    await new Chat(page).open();
    await expect(page.getByRole("heading", { name: fr.auth.signInTitle })).toBeVisible();
  });
});

test("dark by the system's setting, and by one's own choice", async ({ page, chat }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background(page);
  expect(dark).not.toBe(light);
  await openSettings(page);
  await choose(page, en.settings.themes.light);
  expect(await background(page)).toBe(light);
  await page.emulateMedia({ colorScheme: "light" });
  await choose(page, en.settings.themes.dark);
  expect(await background(page)).toBe(dark);
  await page.reload();
  await expect(chat.box).toBeVisible();
  expect(await background(page)).toBe(dark);
});

test("on a phone everything is within reach, and nothing is wider than the screen @phone-only", async ({ page, chat }) => {
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  expect(await fits()).toBe(true);
  await chat.ask(await quickQuestion("A rose is a rose is a rose."));
  expect(await fits()).toBe(true);
  await page.getByRole("button", { name: en.app.openList }).click();
  const drawer = page.getByRole("dialog", { name: en.list.title });
  const conversations = drawer.getByRole("navigation").getByRole("link");
  await expect(conversations).toHaveCount(1);
  expect(await fits()).toBe(true);
  // Exactly: a conversation without a title yet has "Actions for “New conversation”" beside it.
  await drawer.getByRole("button", { name: en.list.newChat, exact: true }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("heading", { name: en.chat.emptyTitle })).toBeVisible();
  await page.getByRole("button", { name: en.app.openList }).click();
  await conversations.click();
  await expect(drawer).toBeHidden();
  await expect(chat.answers).toHaveCount(1);
});
