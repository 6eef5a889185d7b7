import { Chat } from "../support/chat";
import { longText, script, uniqueWord } from "../support/model";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("on `chalice local` the site works by reading frames", { tag: ["@local_only", "@scripted"] }, async ({ page, account }) => {
  const sockets: string[] = [];
  let read = 0;
  page.on("websocket", (socket) => sockets.push(socket.url()));
  page.on("request", (request) => (read += /\/frames\?/.test(request.url()) ? 1 : 0));
  const word = uniqueWord();
  await script(word, { text: longText(150), delay_chunk_s: 0.05 });

  // The root is the published page, which the development server does not have.
  await page.goto(stage.development_url!);
  expect(new URL(page.url()).pathname).toBe("/chat");
  const chat = await new Chat(page).signIn(account);
  await chat.send(`${word}: which flowers?`);
  const part = await chat.partOf(chat.answers.first());
  await chat.ended(chat.answers.first());
  expect(await chat.shown(chat.answers.first())).toBe(longText(150));
  expect(longText(150).startsWith(part)).toBe(true);
  expect(read).toBeGreaterThan(1);
  // Vite's own socket reloads the page when the source changes.
  expect(sockets.filter((url) => !url.startsWith(stage.development_url!.replace("http", "ws")))).toEqual([]);
});
