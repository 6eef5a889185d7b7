import type { Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import { peopleEn as texts } from "../../../site/src/i18n/people/en";
import { expectAccessible } from "../support/axe";
import { Chat } from "../support/chat";
import { fits } from "../support/portfolio";
import { stage, takeAccount, type Account } from "../support/stage";
import { expect, test } from "../support/test";

/** Of the site's promise: whoever is cut off is out within 5 s. */
const OUT = { timeout: 30_000 };

async function openPeople(page: Page): Promise<void> {
  const chat = await new Chat(page).open();
  await chat.signIn(takeAccount({ group: "owners" }));
  await chat.open("/people");
}

const actionsOf = (page: Page, email: string) => page.getByRole("button", { name: texts.actions(email) });

async function choose(page: Page, email: string, action: string): Promise<void> {
  await page.getByRole("searchbox", { name: texts.search }).fill(email);
  await actionsOf(page, email).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("an owner lets somebody in, and shuts them out again @phone", async ({ page, browser }) => {
  const account: Account = takeAccount({ group: "" });
  const context = await browser.newContext();
  const guest = new Chat(await context.newPage());
  await guest.open();
  await guest.fillSignIn(account);
  await expect(guest.page.getByRole("heading", { name: en.waiting.title })).toBeVisible();
  await expectAccessible(guest.page, "waiting to be let in");

  await openPeople(page);
  await choose(page, account.email, texts.letIn);
  await expect(page.getByText(texts.changed.members(account.email))).toBeVisible();
  await expectAccessible(page, "people");
  expect(await fits(page)).toBe(true);
  await guest.page.getByRole("button", { name: en.waiting.check }).click();
  await expect(guest.box).toBeVisible();

  await choose(page, account.email, texts.disable);
  await expect(page.getByText(texts.changed.disabled(account.email))).toBeVisible();
  await expect(async () => {
    await guest.page.reload();
    await expect(guest.page.getByRole("button", { name: en.auth.signIn })).toBeVisible({ timeout: 5_000 });
  }).toPass(OUT);
  await guest.fillSignIn(account);
  await expect(guest.page.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: texts.undo }).click();
  await expect(page.getByText(texts.undone)).toBeVisible();
  await guest.fillSignIn(account);
  await expect(guest.box).toBeVisible();
  await context.close();
});

test("an owner invites, sets a budget and deletes", async ({ page }) => {
  await openPeople(page);
  const email = `e2e-invited-${Date.now()}@example.com`;
  await page.getByRole("button", { name: texts.invite, exact: true }).click();
  await expectAccessible(page, "an invitation");
  await page.getByLabel(texts.email, { exact: true }).fill(email);
  await page.getByRole("button", { name: texts.inviteSend }).click();
  await expect(page.getByText(texts.invited(email))).toBeVisible();

  await choose(page, email, texts.setBudget);
  await page.getByText(texts.budgetOwn).click();
  await page.getByLabel(texts.budgetField).fill("7.5");
  await page.getByRole("button", { name: texts.save }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("$7.50");

  await choose(page, email, texts.delete);
  await expectAccessible(page, "a deletion");
  const confirm = page.getByRole("button", { name: texts.deleteConfirm });
  await page.getByLabel(texts.deleteType(email)).fill("somebody@example.com");
  await expect(confirm).toBeDisabled();
  await page.getByLabel(texts.deleteType(email)).fill(email);
  await confirm.click();
  await expect(page.getByText(texts.deleted(email))).toBeVisible();
  await page.reload();
  await page.getByRole("searchbox", { name: texts.search }).fill(email);
  await expect(page.getByRole("main").getByText(texts.nothingFound(email))).toBeVisible();
});

test("the People page by keyboard alone", async ({ page }) => {
  await openPeople(page);
  const account = takeAccount({ group: "" });
  await page.getByRole("searchbox", { name: texts.search }).fill(account.email);
  await actionsOf(page, account.email).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: texts.letIn })).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(texts.deleteType(account.email))).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(new URL(page.url()).origin).toBe(new URL(stage.site_url).origin);
});
