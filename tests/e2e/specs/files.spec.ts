import type { Page } from "@playwright/test";

import { POLL_MS, SILENCE_MS } from "../../../site/src/entities/files/askAfter";
import { en } from "../../../site/src/i18n/en";
import { expectAccessible } from "../support/axe";
import type { Chat } from "../support/chat";
import {
  attached,
  chip,
  contentOf,
  documents,
  drop,
  expectQuoted,
  openSource,
  paste,
  photo,
  report,
  textFile,
  thesis,
  viewer,
} from "../support/files";
import { quickQuestion, requests, script, uniqueWord } from "../support/model";
import { expect, test } from "../support/test";

const rowOf = (page: Page, name: string) =>
  page.getByRole("list", { name: en.files.page.list }).getByRole("listitem").filter({ hasText: name });

async function chooseAction(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole("button", { name: en.files.page.actions(name) }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

const UNITS: Record<string, "page" | "slide"> = { pdf: "page", pptx: "slide" };
const unitOf = (name: string) => UNITS[name.split(".").at(-1) ?? ""] ?? "part";

/** The site asks for no file's state again and again: it is told. */
function countPolls(page: Page): { polls: number; sinceMs: number } {
  const seen = { polls: 0, sinceMs: performance.now() };
  page.on("request", (request) => {
    if (request.method() === "GET" && /\/files\/[^/]+$/.test(new URL(request.url()).pathname)) seen.polls += 1;
  });
  return seen;
}

test("five documents are dropped, read by themselves, asked about and opened at their pages", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  const seen = countPolls(page);
  await drop(page, ...documents.map(contentOf));
  for (const { name, pages } of documents) {
    await expect(await attached(page, name)).toContainText(en.files.extent[unitOf(name)](pages, String(pages)));
  }
  // Reading takes as long as it takes; a file that is told about is asked about only after a silence.
  const silences = (performance.now() - seen.sinceMs) / (SILENCE_MS - POLL_MS / 2);
  expect(seen.polls).toBeLessThanOrEqual((1 + Math.ceil(silences)) * documents.length);
  for (const fixture of documents) {
    const answer = await chat.ask(fixture.question);
    await expect(answer).toContainText(fixture.answer);
    await openSource(answer, fixture);
    await expectQuoted(page, fixture);
  }
  const sent = chat.prompts.first().getByRole("list", { name: en.files.attachedToMessage });
  await expect(sent.getByRole("listitem")).toHaveCount(documents.length);
});

test("the source of an answer opens beside it, and after a reload too @phone", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  await drop(page, contentOf(report));
  await attached(page, report.name);
  await openSource(await chat.ask(report.question), report);
  await expectQuoted(page, report);
  await page.keyboard.press("Escape");
  await expect(viewer(page, report.name)).toBeHidden();
  await page.reload();
  await expect(chat.prompts.first().getByRole("button", { name: en.files.open(report.name) })).toBeVisible();
  await openSource(chat.answers.first(), report);
  await expectQuoted(page, report);
});

test("a long document: the message waits for it, its progress moves, and it is searched", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  // Time to see that it is searched; what is found is the document's own.
  await script(thesis.answer, { delay_first_s: 3 });
  await drop(page, contentOf(thesis));
  await chat.send(thesis.question);
  await expect(page.getByText(en.files.waiting(thesis.name))).toBeVisible();
  await expect(chat.box).toHaveValue("");
  const sent = page.getByRole("list", { name: en.files.attachedToMessage });
  await expect(sent.getByText(/^Reading [\d,]+ of 1,000 pages$/)).toBeVisible();
  const answer = chat.answers.first();
  await expect(answer.getByText(en.citations.searching(thesis.name))).toBeVisible({ timeout: 90_000 });
  await chat.ended(answer);
  await expect(answer.getByText(/^Searched in thesis\.pdf: “/)).toBeVisible();
  await openSource(answer, thesis);
  await expectQuoted(page, thesis);
});

test("a long text that is pasted becomes a file, and a picture too", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  await chat.box.focus();
  await paste(page, { text: "Short enough." });
  await expect(page.getByRole("list", { name: en.files.attached })).toBeHidden();
  const text = `The spare key lies under the blue stone. ${"Nothing else is said here. ".repeat(160)}`;
  await paste(page, { text });
  await attached(page, en.files.pastedName);
  await expect(chat.box).toHaveValue("");
  await paste(page, { files: [photo] });
  await attached(page, photo.name);
  const word = uniqueWord();
  const answer = await chat.ask(`${word}: where is the spare key?`);
  await expect(answer).toContainText("under the blue stone");
  const [request] = await requests(word);
  const kinds = (request!.messages.at(-1)!.content as { type: string }[]).map(({ type }) => type);
  expect(kinds).toContain("image");
  expect(kinds).toContain("document");
});

test("what cannot be read is said before it is uploaded, or as soon as it is known", async ({ chat }) => {
  const { page } = chat;
  const posted: string[] = [];
  page.on("request", (request) => request.method() === "POST" && posted.push(request.url()));
  await drop(page, textFile("setup.exe", "MZ"), textFile("nothing.txt", ""));
  const notice = page.getByRole("alert");
  await expect(notice).toContainText(`${en.files.leftOut(1, "setup.exe")} ${en.files.problems.unreadable_program}`);
  await expect(notice).toContainText(`${en.files.leftOut(1, "nothing.txt")} ${en.files.problems.file_empty}`);
  expect(posted.filter((url) => url.includes("/files"))).toEqual([]);

  // Its name and type are right; what is wrong shows when it is read.
  const torn = { name: "torn.pdf", type: "application/pdf", content: Buffer.from(`%PDF-1.7\n${"garbage ".repeat(500)}`) };
  await drop(page, torn);
  await expect(chip(page, torn.name)).toContainText(en.files.problems.broken_file, { timeout: 60_000 });
  await chat.box.fill("What is in it?");
  await expect(page.getByRole("button", { name: en.chat.send, exact: true })).toBeDisabled();
  await chip(page, torn.name).getByRole("button", { name: en.files.remove(torn.name) }).click();
  await expect(page.getByRole("button", { name: en.chat.send, exact: true })).toBeEnabled();
});

test("an upload is cancelled, and one that broke off is tried again", async ({ chat, context }) => {
  const { page } = chat;
  const isForm = (url: URL): boolean => url.pathname.includes("-files-");
  await context.route(isForm, () => undefined);
  await drop(page, textFile("slow.txt", "Some words."));
  await chip(page, "slow.txt").getByRole("button", { name: en.files.cancel("slow.txt") }).click();
  await expect(chip(page, "slow.txt")).toBeHidden();
  await context.unroute(isForm);
  await context.route(isForm, (route) => route.abort());
  await drop(page, textFile("broken.txt", "Some words."));
  await expect(chip(page, "broken.txt")).toContainText(en.files.problems.network);
  await context.unroute(isForm);
  await chip(page, "broken.txt").getByRole("button", { name: en.files.retry("broken.txt") }).click();
  await attached(page, "broken.txt");
});

async function openFiles(chat: Chat): Promise<void> {
  const drawer = chat.page.getByRole("button", { name: en.app.openList });
  if (await drawer.isVisible()) await drawer.click();
  await chat.page.getByRole("link", { name: en.files.page.title }).click();
  await expect(chat.page.getByRole("heading", { name: en.files.page.title })).toBeVisible();
}

test("the Files page: upload, search, rename, use, delete and undo @phone", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  await openFiles(chat);
  await expect(page.getByText(en.files.page.empty)).toBeVisible();
  await drop(page, contentOf(report), textFile("notes.txt", "Some notes."));
  await expect(page.getByRole("button", { name: en.files.open(report.name) })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: en.files.open("notes.txt") })).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(rowOf(page, report.name)).toContainText(en.files.extent.page(20, "20"));

  await page.getByRole("searchbox", { name: en.files.page.search }).fill("REPÓRT");
  await expect(rowOf(page, "notes.txt")).toBeHidden();
  await expect(rowOf(page, report.name)).toBeVisible();
  await page.getByRole("searchbox", { name: en.files.page.search }).fill("");

  await chooseAction(page, report.name, en.files.page.rename);
  await page.getByRole("textbox", { name: en.files.page.name }).fill("Warehouses.pdf");
  await chat.changing(() => page.keyboard.press("Enter"));
  await expect(rowOf(page, "Warehouses.pdf")).toBeVisible();

  await chooseAction(page, "Warehouses.pdf", en.files.page.useInNewChat);
  await attached(page, "Warehouses.pdf");
  const answer = await chat.ask(report.question);
  await openSource(answer, { name: "Warehouses.pdf" });
  await expectQuoted(page, { ...report, name: "Warehouses.pdf" });
  await page.keyboard.press("Escape");

  await openFiles(chat);
  await expect(rowOf(page, "Warehouses.pdf")).toContainText(en.files.page.usedInMany(1));
  await chooseAction(page, "notes.txt", en.files.page.delete);
  await expect(rowOf(page, "notes.txt")).toBeHidden();
  await page.getByRole("button", { name: en.files.page.undo }).click();
  await expect(rowOf(page, "notes.txt")).toBeVisible();

  await chooseAction(page, "Warehouses.pdf", en.files.page.delete);
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText(en.files.page.usedIn(1));
  await chat.changing(() => question.getByRole("button", { name: en.files.page.deleteConfirm }).click());
  await expect(rowOf(page, "Warehouses.pdf")).toBeHidden();
  await page.reload();
  await expect(rowOf(page, "notes.txt")).toBeVisible();
  await expect(rowOf(page, "Warehouses.pdf")).toBeHidden();
});

test("a file is taken out of a conversation and put back", { tag: "@scripted" }, async ({ chat }) => {
  const { page } = chat;
  await drop(page, textFile("notes.txt", "The safe stands behind the green door."));
  await attached(page, "notes.txt");
  await expect(await chat.ask("Where is the safe?")).toContainText("behind the green door");
  await page.getByRole("button", { name: en.files.inConversation(1) }).click();
  await page.getByRole("button", { name: en.files.removeFromConversation("notes.txt") }).click();
  await expect.poll(async () => (await chat.api<{ file_ids: string[] }>("GET", `/conversations/${chat.conversationId}`)).file_ids).toEqual([]);
  await page.getByRole("button", { name: en.files.page.undo }).click();
  await expect
    .poll(async () => (await chat.api<{ file_ids: string[] }>("GET", `/conversations/${chat.conversationId}`)).file_ids.length)
    .toBe(1);
});

// Colours are the same on a phone, where the light ones are enough.
for (const [scheme, phone] of [["light", " @phone"], ["dark", ""]] as const) {
  test(`axe finds nothing on files, ${scheme}${phone}`, { tag: "@scripted" }, async ({ page, chat }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await drop(page, contentOf(report), textFile("torn.pdf", "%PDF-1.7 nothing"), textFile("setup.exe", "MZ"));
    await attached(page, report.name);
    await expect(chip(page, "torn.pdf").getByRole("button", { name: en.files.remove("torn.pdf") })).toBeVisible({ timeout: 60_000 });
    await expectAccessible(page, "a composer with files");
    await chip(page, "torn.pdf").getByRole("button", { name: en.files.remove("torn.pdf") }).click();
    const answer = await chat.ask(report.question);
    await expectAccessible(page, "a cited answer");
    await openSource(answer, report);
    await expectQuoted(page, report);
    await expectAccessible(page, "an open source");
    await page.keyboard.press("Escape");
    await openFiles(chat);
    await expect(rowOf(page, report.name)).toBeVisible();
    await expectAccessible(page, "the Files page");
    await page.getByRole("button", { name: en.files.page.actions(report.name) }).click();
    await expectAccessible(page, "a file's menu");
  });
}

test("a conversation without files shows nothing of them", async ({ chat }) => {
  await chat.ask(await quickQuestion());
  await expect(chat.page.getByRole("list", { name: en.files.attachedToMessage })).toHaveCount(0);
  await expect(chat.page.getByRole("button", { name: en.files.inConversation(1) })).toHaveCount(0);
});
