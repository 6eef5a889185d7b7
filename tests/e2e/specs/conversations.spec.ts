import type { Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import type { Chat } from "../support/chat";
import { script, uniqueWord } from "../support/model";
import { expect, test } from "../support/test";

const list = (page: Page) => page.getByRole("navigation", { name: en.list.title });
const archive = (page: Page) => page.getByRole("navigation", { name: en.list.showArchived });

async function begin(chat: Chat, ...titles: string[]): Promise<void> {
  for (const title of titles) await chat.api("POST", "/conversations", { title });
  await chat.page.reload();
  await expect(list(chat.page).getByRole("link", { name: titles.at(-1)! })).toBeVisible();
}

async function choose(page: Page, title: string, action: string): Promise<void> {
  await page.getByRole("link", { name: title }).hover();
  await page.getByRole("button", { name: en.list.actions(title) }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("a list of more than one page loads to its end, newest first", async ({ chat, page }) => {
  const total = 65;
  for (let number = 0; number < total; number += 1) {
    await chat.api("POST", "/conversations", { title: `Talk ${String(number).padStart(2, "0")}.` });
  }
  await page.reload();
  const links = list(page).getByRole("link");
  await expect(links.first()).toHaveText(`Talk ${total - 1}.`);
  expect(await links.count()).toBeLessThan(total);
  await expect
    .poll(async () => {
      await links.last().scrollIntoViewIfNeeded();
      return links.count();
    })
    .toBe(total);
  const titles = await links.allInnerTexts();
  expect(titles).toEqual([...new Set(titles)].sort().reverse());
});

test("renaming", async ({ chat, page }) => {
  await begin(chat, "Before");
  await choose(page, "Before", en.list.rename);
  const field = page.getByRole("textbox", { name: en.list.titleLabel });
  await field.fill("Abandoned");
  await field.press("Escape");
  await expect(list(page).getByRole("link", { name: "Before" })).toBeVisible();
  await choose(page, "Before", en.list.rename);
  await field.fill("Afterwards");
  await chat.changing(() => field.press("Enter"));
  await expect(list(page).getByRole("link", { name: "Afterwards" })).toBeVisible();
  await page.reload();
  await expect(list(page).getByRole("link", { name: "Afterwards" })).toBeVisible();
  await expect(list(page).getByRole("link", { name: "Before" })).toHaveCount(0);
});

test("archiving, and back", async ({ chat, page }) => {
  await begin(chat, "Stays", "Goes away");
  await chat.changing(() => choose(page, "Goes away", en.list.archive));
  await expect(list(page).getByRole("link", { name: "Goes away" })).toHaveCount(0);
  await page.reload();
  await expect(list(page).getByRole("link", { name: "Stays" })).toBeVisible();
  await expect(list(page).getByRole("link", { name: "Goes away" })).toHaveCount(0);
  await page.getByRole("button", { name: en.list.showArchived }).click();
  await expect(archive(page).getByRole("link")).toHaveCount(1);
  await chat.changing(() => choose(page, "Goes away", en.list.unarchive));
  await expect(archive(page).getByRole("link")).toHaveCount(0);
  await page.getByRole("button", { name: en.list.backToList }).click();
  await expect(list(page).getByRole("link", { name: "Goes away" })).toBeVisible();
});

test("deleting, with a way back", async ({ chat, page }) => {
  await begin(chat, "Kept", "By mistake", "For good");
  await chat.changing(() => choose(page, "By mistake", en.list.delete));
  await chat.changing(() => choose(page, "For good", en.list.delete));
  await expect(list(page).getByRole("link")).toHaveCount(1);
  const notice = page.getByRole("status").filter({ hasText: en.list.deleted("By mistake") });
  await notice.getByRole("button", { name: en.list.undo }).click();
  await expect(page.getByText(en.list.undone)).toBeVisible();
  await expect(list(page).getByRole("link", { name: "By mistake" })).toBeVisible();
  await page.reload();
  await expect(list(page).getByRole("link")).toHaveText([/By mistake/, /Kept/]);
});

test("deleting the open conversation leads to a new one", async ({ chat, page }) => {
  await begin(chat, "Open now");
  await list(page).getByRole("link", { name: "Open now" }).click();
  await chat.opened();
  await choose(page, "Open now", en.list.delete);
  await expect(page.getByRole("heading", { name: en.chat.emptyTitle })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/chat");
});

test("the model's title appears by itself", { tag: "@scripted" }, async ({ chat, page }) => {
  const word = uniqueWord();
  await script(word, { text: "Roses and lilies." });
  await script(word, { text: "Flowers for the garden" }, { title: true });
  await chat.ask(`${word}: which flowers?`);
  await expect(list(page).getByRole("link", { name: "Flowers for the garden" })).toBeVisible();
  await expect(page).toHaveTitle(/Flowers for the garden/);
});
