import { en } from "../../../site/src/i18n/en";
import { Chat, textOf } from "../support/chat";
import { longText, quickQuestion, script, slowQuestion, uniqueWord } from "../support/model";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("an error of the model says what happened, and Retry works", { tag: "@scripted" }, async ({ chat }) => {
  const word = uniqueWord();
  await script(word, { error: { status: 400, type: "invalid_request_error", message: "no" } }, { times: 1 });
  await script(word, { text: "Here it is." });
  await chat.send(`${word}: a question`);
  const failure = chat.answers.getByRole("note");
  await expect(failure).toContainText(en.errors.answer.prompt_refused);
  await failure.getByRole("button", { name: en.chat.retry }).click();
  await expect(chat.answers.getByText("Here it is.")).toBeVisible();
  await chat.ended(chat.answers.first());
  await expect(failure).toHaveCount(0);
  await expect(chat.prompts).toHaveCount(1);
});

test("a stream that breaks off keeps what came, and Retry works", { tag: "@scripted" }, async ({ chat }) => {
  const word = uniqueWord();
  await script(word, { text: longText(60), cut_after_chars: 120 }, { times: 1 });
  await script(word, { text: "The whole of it." });
  await chat.send(`${word}: a question`);
  const failure = chat.answers.getByRole("note");
  await expect(failure).toContainText(/broke off/);
  expect(await chat.shown(chat.answers.first())).toBe(longText(60).slice(0, 120).trim());
  await chat.page.reload();
  await expect(failure).toContainText(en.errors.answer.stream_cut);
  expect(await chat.shown(chat.answers.first())).toBe(longText(60).slice(0, 120).trim());
  await failure.getByRole("button", { name: en.chat.retry }).click();
  await expect(chat.answers.getByText("The whole of it.")).toBeVisible();
});

test("two tabs send at once: one waits, keeps its text, and sends it afterwards", async ({ chat, context }) => {
  await chat.ask(await quickQuestion());
  const other = await new Chat(await context.newPage()).open(`/c/${chat.conversationId}`);
  await expect(other.answers).toHaveCount(1);
  const questions = [await slowQuestion({ words: 200 }), await slowQuestion({ words: 200 })];
  await chat.box.fill(questions[0]!);
  await other.box.fill(questions[1]!);
  await Promise.all([chat.box.press("Enter"), other.box.press("Enter")]);

  const tabs = [chat, other];
  const waiting = tabs.map((tab) => tab.page.getByText(en.chat.waitingTurn));
  await expect.poll(async () => (await Promise.all(waiting.map((notice) => notice.count()))).join()).toMatch(/^(0,1|1,0)$/);
  const late = (await waiting[0]!.count()) === 1 ? 0 : 1;
  await expect(tabs[late]!.prompts.last()).toContainText(questions[late]!);

  await expect(waiting[late]!).toBeHidden({ timeout: 60_000 });
  for (const tab of tabs) {
    await expect(tab.answers).toHaveCount(3, { timeout: 30_000 });
    await tab.ended(tab.answers.last());
  }
  const stored = await chat.stored();
  expect(stored.map((message) => message.role).join()).toBe("user,assistant,user,assistant,user,assistant");
  expect(stored.filter((message) => message.role === "user").slice(1).map(textOf)).toEqual([
    questions[1 - late],
    questions[late],
  ]);
});

test("a draft outlives a reload and is kept for its conversation", async ({ chat, page }) => {
  const id = (await chat.api<{ conversation_id: string }>("POST", "/conversations", { title: "With a draft" })).conversation_id;
  await chat.open(`/c/${id}`);
  await chat.box.fill("Not yet finished");
  await page.reload();
  await expect(chat.box).toHaveValue("Not yet finished");
  await chat.open();
  await expect(chat.box).toHaveValue("");
  await chat.open(`/c/${id}`);
  await expect(chat.box).toHaveValue("Not yet finished");
});

test("an expired session asks to sign in, and gives the text back", async ({ chat, page, account }) => {
  await chat.ask(await quickQuestion());
  const path = `/c/${chat.conversationId}`;
  await chat.box.fill("Written before the session ended");
  await page.evaluate((clientId) => {
    const prefix = `CognitoIdentityServiceProvider.${clientId}`;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix) && /(id|access|refresh)Token$/.test(key)) localStorage.removeItem(key);
    }
  }, stage.client_id);
  await chat.box.press("Enter");
  await expect(page.getByText(en.auth.expired)).toBeVisible();
  await chat.signIn(account);
  expect(new URL(page.url()).pathname).toBe(path);
  await expect(chat.box).toHaveValue("Written before the session ended");
  expect((await chat.stored()).length).toBe(2);
});

test("offline, a message is kept, and goes out once and by itself when the server is back", async ({ chat, page, context }) => {
  await chat.ask(await quickQuestion());
  const question = await quickQuestion("Online again.");
  await context.setOffline(true);
  await expect(page.getByText(en.chat.offline)).toBeVisible();
  await chat.send(question);
  await expect(page.getByText(en.chat.unsent)).toBeVisible();
  await expect(chat.prompts.last()).toContainText(question);
  await context.setOffline(false);
  await expect(chat.answers).toHaveCount(2);
  await chat.ended(chat.answers.last());
  expect((await chat.stored()).length).toBe(4);
});

test("a reply that was lost makes no second message", async ({ chat, page }) => {
  let sent = 0;
  page.on("request", (request) => (sent += request.method() === "POST" && /\/messages$/.test(request.url()) ? 1 : 0));
  await chat.ask(await quickQuestion());
  await page.evaluate(() => {
    const request = window.fetch;
    window.fetch = async (...given) => {
      const reply = await request(...given);
      if (given[1]?.method !== "POST" || !String(given[0]).endsWith("/messages")) return reply;
      window.fetch = request;
      throw new TypeError("connection reset");
    };
  });
  await chat.ask(await quickQuestion("Once."));
  await expect(chat.prompts).toHaveCount(2);
  await expect.poll(() => sent).toBe(2);
  expect((await chat.stored()).length).toBe(4);
});

test("a conversation that is not there says so", async ({ chat, page }) => {
  await chat.open("/c/0193a000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: en.chat.goneTitle })).toBeVisible();
  await chat.open("/nowhere/at/all");
  await expect(page.getByText(en.app.notFoundTitle)).toBeVisible();
});
