/** What was in a stage that is gone, seen in the one that its backup was restored into (`moving.py`). */
import { en } from "../../../site/src/i18n/en";
import { Chat } from "../support/chat";
import { expectQuoted, openSource, report, viewer } from "../support/files";
import { stage, type Account } from "../support/stage";
import { expect, test } from "../support/test";

interface Kept {
  title: string;
  file: string;
}

interface Moved extends Account {
  stays: Kept;
  gone: Kept;
}

const owner = stage.people[0] as Moved;

test("a backup that came back elsewhere: its owner signs in and finds every conversation, file, page and citation, and nothing that was deleted", async ({ page }) => {
  const chat = await new Chat(page).open();
  await chat.signIn(owner);
  const list = page.getByRole("navigation", { name: en.list.title });
  await expect(list.getByRole("link", { name: owner.stays.title })).toBeVisible();
  await expect(list.getByRole("link", { name: owner.gone.title })).toHaveCount(0);

  await list.getByRole("link", { name: owner.stays.title }).click();
  const answer = chat.answers.first();
  await expect(chat.prompts.first()).toContainText(report.question);
  await expect(answer).toContainText(report.answer);
  await openSource(answer, report);
  await expectQuoted(page, report);
  await page.keyboard.press("Escape");
  await expect(viewer(page, report.name)).toBeHidden();

  await chat.open("/files");
  const files = page.getByRole("list", { name: en.files.page.list });
  await expect(files.getByRole("listitem").filter({ hasText: owner.stays.file })).toBeVisible();
  await expect(files.getByRole("listitem").filter({ hasText: owner.gone.file })).toHaveCount(0);
});

test("a backup that came back elsewhere: its owner goes on where they were", async ({ page }) => {
  const chat = await new Chat(page).open();
  await chat.signIn(owner);
  await page.getByRole("link", { name: owner.stays.title }).click();
  await expect(chat.answers.first()).toContainText(report.answer);
  const answer = await chat.ask(report.question);
  await expect(answer).toContainText(report.answer);
});
