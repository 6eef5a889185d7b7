import { en } from "../../../site/src/i18n/en";
import { anotherDevice, Chat } from "../support/chat";
import { takeAccount } from "../support/stage";
import { expect, test } from "../support/test";

test("the first sign-in asks for a password of one's own", async ({ page }) => {
  const invited = takeAccount({ isNew: true });
  const chosen = "violet pluie gare onze";
  const chat = await new Chat(page).open();
  await chat.fillSignIn(invited);
  await expect(page.getByRole("heading", { name: en.auth.newPasswordTitle })).toBeVisible();

  for (const field of [en.auth.newPassword, en.auth.repeatPassword]) {
    await page.getByLabel(field, { exact: true }).fill("motdepasse-2026");
  }
  await page.getByRole("button", { name: en.auth.savePassword }).click();
  await expect(page.getByRole("alert")).toHaveText(en.auth.errors.commonPassword);

  // No capital, no digit: the pool asks for neither.
  await page.getByLabel(en.auth.newPassword, { exact: true }).fill(chosen);
  await page.getByLabel(en.auth.repeatPassword).fill(`${chosen}x`);
  await page.getByRole("button", { name: en.auth.savePassword }).click();
  await expect(page.getByRole("alert")).toHaveText(en.auth.errors.passwordsDiffer);
  await page.getByLabel(en.auth.repeatPassword).fill(chosen);
  await page.getByRole("button", { name: en.auth.savePassword }).click();
  await expect(chat.box).toBeVisible();

  await page.getByRole("button", { name: en.settings.open }).click();
  await page.getByRole("button", { name: en.settings.signOut, exact: true }).click();
  await chat.fillSignIn(invited);
  await expect(page.getByRole("alert")).toHaveText(en.auth.errors.credentials);
  await chat.signIn({ ...invited, password: chosen });
});

test("no password ever leaves the page at sign-in", async ({ page, account }) => {
  const bodies: string[] = [];
  page.on("request", (request) => bodies.push(request.postData() ?? ""));
  const chat = await new Chat(page).open();
  await chat.signIn(account);
  expect(bodies.some((body) => body.includes("USER_SRP_AUTH"))).toBe(true);
  expect(bodies.filter((body) => body.includes(account.password))).toEqual([]);
});

test("a wrong password is refused in the words of an unknown address", async ({ page, account }) => {
  const chat = await new Chat(page).open();
  for (const wrong of [{ ...account, password: "Wrong-password-1" }, { ...account, email: "nobody@example.com" }]) {
    await chat.fillSignIn(wrong);
    await expect(page.getByRole("alert")).toHaveText(en.auth.errors.credentials);
    await expect(chat.box).toBeHidden();
    await page.reload();
  }
});

test("a forgotten password: a code is asked for, and a wrong one refused", async ({ page, account }) => {
  await new Chat(page).open();
  await page.getByRole("button", { name: en.auth.forgot }).click();
  await expect(page.getByRole("heading", { name: en.auth.forgotTitle })).toBeVisible();
  await page.getByLabel(en.auth.email).fill(account.email);
  await page.getByRole("button", { name: en.auth.sendCode }).click();
  await expect(page.getByText(en.auth.resetLead(account.email))).toBeVisible();
  await page.getByLabel(en.auth.code).fill("000000");
  await page.getByLabel(en.auth.newPassword, { exact: true }).fill("Another-password-1");
  await page.getByRole("button", { name: en.auth.setPassword }).click();
  await expect(page.getByRole("alert")).toHaveText(en.auth.errors.codeMismatch);
  await page.getByRole("button", { name: en.auth.backToSignIn }).click();
  await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
});

test("a forgotten password does not tell whether an address is known", async ({ page }) => {
  const stranger = "nobody-at-all@example.com";
  await new Chat(page).open();
  await page.getByRole("button", { name: en.auth.forgot }).click();
  await page.getByLabel(en.auth.email).fill(stranger);
  await page.getByRole("button", { name: en.auth.sendCode }).click();
  await expect(page.getByText(en.auth.resetLead(stranger))).toBeVisible();
});

test("a session outlives a reload, and ends with signing out", async ({ chat, page }) => {
  await page.reload();
  await expect(chat.box).toBeVisible();
  await page.getByRole("button", { name: en.settings.open }).click();
  await page.getByRole("button", { name: en.settings.signOut, exact: true }).click();
  await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => /token|draft|unsent/i.test(key)));
  expect(kept).toEqual([]);
});

test("signing out on all devices ends the session on another one", async ({ chat, page, account, browser }) => {
  const elsewhere = await browser.newContext();
  const other = await anotherDevice(elsewhere, account);
  await page.getByRole("button", { name: en.settings.open }).click();
  await page.getByRole("button", { name: en.settings.signOutEverywhere }).click();
  await expect(page.getByRole("heading", { name: en.auth.signInTitle })).toBeVisible();
  // Warm functions know of it within 5 s.
  await expect(async () => {
    await other.page.reload();
    await expect(other.page.getByText(en.auth.ended)).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 45_000 });
  await elsewhere.close();
  await chat.signIn(account);
});
