import { en } from "../../../site/src/i18n/en";
import { anotherDevice, Chat, textOf } from "../support/chat";
import { longText, quickQuestion, script, slowQuestion, uniqueWord } from "../support/model";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

interface Frame {
  type: string;
  message_id?: string;
  sequence?: number;
  kind?: string;
  text?: string;
}

test("tokens are seen before the answer ends", async ({ chat }) => {
  await chat.send(await slowQuestion());
  const answer = chat.answers.first();
  const part = await chat.partOf(answer);
  await expect(chat.stopButton).toBeVisible();
  await chat.opened();
  await chat.ended(answer);
  const text = await chat.showsTheStoredAnswer();
  expect(text.startsWith(part)).toBe(true);
  expect(text.length).toBeGreaterThan(part.length);
  await expect(chat.stopButton).toBeHidden();
});

/** Some 40 seconds of an answer, in which three devices come in. */
const WORDS = 900;

test("a reload, a second browser and blocked sockets end with the same text, once", async ({ chat, account, browser }) => {
  const [elsewhere, without] = [await browser.newContext(), await browser.newContext()];
  let blocked = 0;
  await without.routeWebSocket(/.*/, (socket) => {
    blocked += 1;
    void socket.close({ code: 3000 });
  });
  const second = await anotherDevice(elsewhere, account);
  const third = await anotherDevice(without, account);

  await chat.send(await slowQuestion({ words: WORDS }));
  await chat.opened();
  const part = await chat.partOf(chat.answers.first());
  await chat.page.reload();
  await Promise.all([second, third].map((device) => device.open(`/c/${chat.conversationId}`)));
  for (const device of [chat, second, third]) await device.partOf(device.answers.first(), part.length);
  expect(blocked).toBeGreaterThan(0);

  const texts = new Set<string>();
  for (const device of [chat, second, third]) {
    await device.ended(device.answers.first());
    texts.add(await device.showsTheStoredAnswer());
  }
  expect(texts.size).toBe(1);
  if (stage.model_url !== null) expect([...texts][0]).toBe(longText(WORDS));
  await elsewhere.close();
  await without.close();
});

test("with sockets blocked from the start the answer still streams", async ({ context, chat }) => {
  await context.routeWebSocket(/.*/, (socket) => void socket.close({ code: 3000 }));
  await chat.page.reload();
  await chat.send(await slowQuestion());
  await chat.partOf(chat.answers.first());
  await chat.opened();
  await chat.ended(chat.answers.first());
  await chat.showsTheStoredAnswer();
});

test("a frame that is lost is read while the answer goes on", async ({ page, account }) => {
  let lost = 0;
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (lost === 0 && String(message).includes("answer.started")) lost += 1;
      else socket.send(message);
    });
  });
  const chat = await (await new Chat(page).open()).signIn(account);
  // The first answer may begin before the socket is open, where nothing is pushed that could be lost.
  await chat.ask(await quickQuestion());
  lost = 0;
  await chat.send(await slowQuestion());
  const answer = chat.answers.nth(1);
  await chat.partOf(answer);
  expect(lost).toBe(1);
  await chat.ended(answer);
  expect(await chat.shown(answer)).toBe(textOf((await chat.stored()).at(-1)!));
});

test("frames are pushed over one socket, and hold the whole answer", async ({ page, account }) => {
  const pushed: Frame[] = [];
  let sockets = 0;
  page.on("websocket", (socket) => {
    sockets += 1;
    socket.on("framereceived", ({ payload }) => pushed.push(...(JSON.parse(String(payload)) as { frames: Frame[] }).frames));
  });
  const chat = await (await new Chat(page).open()).signIn(account);
  // While the first is answered the socket opens, and its beginning may be missed.
  for (const text of ["First.", "Second.", "Third."]) await chat.ask(await quickQuestion(text));
  for (const message of (await chat.stored()).filter(({ role }) => role === "assistant").slice(1)) {
    const own = pushed.filter(({ message_id }) => message_id === message.message_id);
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
    expect(own.map(({ kind, text }) => (kind === "text" ? text : "")).join("")).toBe(textOf(message));
    expect(own.at(-1)).toMatchObject({ type: "answer.done", status: "complete" });
  }
  expect(sockets).toBe(1);
});

test("stop keeps exactly what was shown", async ({ chat }) => {
  await chat.send(await slowQuestion({ words: 900 }));
  const answer = chat.answers.first();
  await chat.partOf(answer);
  await chat.stopButton.click();
  await chat.ended(answer);
  await expect(answer.getByText(en.chat.status.stopped)).toBeVisible();
  const [, stored] = await chat.stored();
  expect(stored!.status).toBe("stopped");
  expect(await chat.shown(answer)).toBe(textOf(stored!).trim());
  await chat.page.reload();
  await expect(answer.getByText(en.chat.status.stopped)).toBeVisible();
  expect(await chat.shown(answer)).toBe(textOf(stored!).trim());
});

test("retry gives another answer, and keeps the one before", { tag: "@scripted" }, async ({ chat }) => {
  const word = uniqueWord();
  await script(word, { text: "The first answer." }, { times: 1 });
  await script(word, { text: "The second answer." });
  const answer = await chat.ask(`${word}: a question`);
  await answer.getByRole("button", { name: en.chat.retry }).click();
  await expect(chat.answers.getByText("The second answer.")).toBeVisible();
  await chat.ended(chat.answers.first());
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.prompts).toHaveCount(1);
  await chat.answers.getByRole("button", { name: en.chat.previousVersion }).click();
  await expect(chat.answers.getByText("The first answer.")).toBeVisible();
  const stored = await chat.stored();
  expect(stored.map((message) => [message.role, message.status])).toEqual([
    ["user", "complete"],
    ["assistant", "superseded"],
    ["assistant", "complete"],
  ]);
});

test("an edited message begins another branch", { tag: "@scripted" }, async ({ chat, page }) => {
  const word = uniqueWord();
  await script(`${word}-old`, { text: "About the old question." });
  await script(`${word}-new`, { text: "About the new question." });
  await chat.ask(`${word}-old question`);
  await chat.prompts.first().hover();
  await chat.prompts.first().getByRole("button", { name: en.chat.edit, exact: true }).click();
  await page.getByRole("textbox", { name: en.chat.editMessage }).fill(`${word}-new question`);
  await page.getByRole("button", { name: en.chat.editSend }).click();
  await expect(chat.answers.getByText("About the new question.")).toBeVisible();
  await chat.ended(chat.answers.first());
  await expect(chat.prompts).toHaveCount(1);
  await expect(chat.prompts.first()).toContainText(`${word}-new question`);
  await chat.prompts.first().hover();
  await chat.prompts.first().getByRole("button", { name: en.chat.previousVersion }).click();
  await expect(chat.answers.getByText("About the old question.")).toBeVisible();
  expect((await chat.stored()).map((message) => message.role)).toEqual(["user", "assistant", "user", "assistant"]);
});

test("Markdown is shown as it is meant, and HTML as text", { tag: "@scripted" }, async ({ chat, page }) => {
  const word = uniqueWord();
  const text = [
    "Some **strong** words and `code`.",
    "```python\ndef area(radius: float) -> float:\n    return 3.14 * radius ** 2\n```",
    "| flower | colour |\n| --- | --- |\n| rose | red |",
    '<img src=x onerror="document.title=\'broken\'"> and [a link](javascript:alert(1)) and [another](https://example.com/)',
  ].join("\n\n");
  await script(word, { text });
  const answer = await chat.ask(`${word}: a question`);
  await expect(answer.locator("strong")).toHaveText("strong");
  await expect(answer.locator("pre code [class*=tok-]").first()).toBeVisible();
  await expect(answer.locator("pre code")).toContainText("return 3.14 * radius ** 2");
  await expect(answer.getByRole("cell", { name: "red" })).toBeVisible();
  await expect(answer.locator("img")).toHaveCount(0);
  await expect(answer.locator("a[href^=javascript]")).toHaveCount(0);
  await expect(answer.getByRole("link", { name: "another" })).toHaveAttribute("href", "https://example.com/");
  expect(await page.title()).not.toBe("broken");
});

test("the model is chosen from the menu, and stays chosen", { tag: "@scripted" }, async ({ chat, page }) => {
  const { items } = await chat.api<{ items: { id: string; name: string }[] }>("GET", "/models");
  const [first, second] = items;
  const word = uniqueWord();
  await script(word, { text: "A rose." });
  await page.getByRole("button", { name: en.chat.chooseModel(first!.name) }).click();
  await page.getByRole("menuitemradio", { name: new RegExp(second!.name) }).click();
  const answer = await chat.ask(`${word}: name a flower`);
  await expect(answer).toContainText(second!.name);
  const stored = await chat.stored();
  expect(stored.at(-1)!.model).toBe(second!.id);
  await page.reload();
  await page.getByRole("button", { name: en.chat.chooseModel(second!.name) }).click();
  await page.getByRole("menuitemradio", { name: new RegExp(first!.name) }).click();
  await expect.poll(async () => (await chat.storedConversation()).model).toBe(first!.id);
  await chat.ask(`${word}: and another`);
  expect((await chat.stored()).at(-1)!.model).toBe(first!.id);
});
