import type { Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import { Chat, textOf } from "../support/chat";
import { quickQuestion, slowQuestion } from "../support/model";
import { expect, test } from "../support/test";

const focusedLabel = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    if (name.test((await focusedLabel(page)).trim())) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

test("everything works by the keyboard alone", async ({ page, account }) => {
  const { keyboard } = page;
  const chat = await new Chat(page).open();
  await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
  await keyboard.press("Tab");
  await keyboard.type(account.email);
  await keyboard.press("Tab");
  await keyboard.type(account.password);
  await keyboard.press("Enter");
  await expect(chat.box).toBeFocused();

  await keyboard.type(await quickQuestion());
  await keyboard.press("Enter");
  await chat.opened();
  await chat.ended(chat.answers.first());
  await expect(chat.box).toBeFocused();

  await keyboard.type("first line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second line");
  await expect(chat.box).toHaveValue("first line\nsecond line");
  await keyboard.press("Control+A");
  await keyboard.type(await slowQuestion({ words: 900 }));
  await keyboard.press("Enter");
  await chat.partOf(chat.answers.nth(1));
  await keyboard.press("Escape");
  await chat.ended(chat.answers.nth(1));
  const stored = await chat.stored();
  expect(stored.at(-1)!.status).toBe("stopped");
  expect(await chat.shown(chat.answers.nth(1))).toBe(textOf(stored.at(-1)!).trim());

  await tabTo(page, /^Model: /);
  await keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { checked: true })).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeHidden();
  expect(await focusedLabel(page)).toMatch(/^Model: /);

  await tabTo(page, /^Actions for /);
  await keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: en.list.rename })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: en.list.titleLabel })).toBeFocused();
  await keyboard.press("Control+A");
  await keyboard.type("Named by keyboard");
  await keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Named by keyboard" })).toBeVisible();
});

test("the first stop of the keyboard leads to the message box", async ({ page, chat }) => {
  await tabTo(page, new RegExp(`^${en.app.skipToMessage}$`));
  await expect(page.getByRole("link", { name: en.app.skipToMessage })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(chat.box).toBeFocused();
});
