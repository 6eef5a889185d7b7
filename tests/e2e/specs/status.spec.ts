import { statusEn as texts } from "../../../site/src/i18n/status/en";
import { expectAccessible } from "../support/axe";
import { Chat } from "../support/chat";
import { fits } from "../support/portfolio";
import { takeAccount } from "../support/stage";
import { expect, test } from "../support/test";

for (const [scheme, phone] of [["light", " @phone"], ["dark", ""]] as const) {
  test(`an owner sees how the stage does, ${scheme}${phone}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const chat = await new Chat(page).open();
    await chat.signIn(takeAccount({ group: "owners" }));
    await chat.open("/status");
    const summary = page.getByRole("region", { name: texts.summary });
    await expect(summary.getByText(texts.well)).toBeVisible();
    await expect(page.getByRole("table", { name: texts.functions })).toBeVisible();
    await expectAccessible(page, "status");
    expect(await fits(page)).toBe(true);
  });
}
