/** A twin as its visitors have it, by what its element says, and pages on other origins that show it. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { expect, type Locator, type Page } from "@playwright/test";

import { WORDS } from "../../../site/src/twin-element/texts";
import { listens, PORTS } from "./portfolio";
import { stage } from "./stage";

export const words = WORDS;

const folder = fileURLToPath(new URL("../../../.build/e2e/files/twin/", import.meta.url));

/** The CV and LinkedIn's archive of an invented person, which `files.py` makes: they differ in when a post ended. */
export const sources = {
  owner: "Noor Delacroix-Ito",
  cv: { name: "cv.txt", mimeType: "text/plain", buffer: () => readFileSync(`${folder}cv.txt`) },
  archive: { name: "linkedin-2025-complete-en.zip", mimeType: "application/zip", buffer: () => readFileSync(`${folder}linkedin-2025-complete-en.zip`) },
};

export const fileOf = ({ name, mimeType, buffer }: (typeof sources)["cv"]) => ({ name, mimeType, buffer: buffer() });

export class TwinChat {
  readonly page: Page;
  readonly element: Locator;
  readonly dialog: Locator;
  readonly box: Locator;
  readonly thread: Locator;
  readonly answers: Locator;
  readonly words: (typeof WORDS)["en"];

  constructor(page: Page, language: keyof typeof WORDS = "en") {
    this.page = page;
    this.words = WORDS[language];
    this.element = page.locator("chatapp-twin");
    this.dialog = this.element.getByRole("dialog");
    this.thread = this.dialog.getByRole("region", { name: this.words.conversation });
    this.box = this.dialog.getByRole("textbox", { name: this.words.box });
    this.answers = this.dialog.getByRole("article", { name: this.words.answer });
  }

  /** button: what opens it, as it is called on the page. */
  async open(button: string | RegExp = this.words.launch): Promise<void> {
    await this.page.getByRole("button", { name: button }).first().click();
    await expect(this.box).toBeVisible();
  }

  async send(text: string): Promise<void> {
    await this.box.fill(text);
    await this.dialog.getByRole("button", { name: this.words.send, exact: true }).click();
  }

  /** Ask, and wait for the end of the answer. */
  async ask(text: string): Promise<Locator> {
    const before = await this.answers.count();
    await this.send(text);
    const answer = this.answers.nth(before);
    await this.ended(answer);
    return answer;
  }

  async ended(answer: Locator): Promise<void> {
    await expect(answer).toHaveAttribute("aria-busy", "false", { timeout: 90_000 });
  }

  /** A source's mark in an answer. */
  source(answer: Locator, title: string): Locator {
    return answer.getByRole("link", { name: new RegExp(`: ${title}`) }).first();
  }
}

export interface ForeignPage {
  /** Of an origin that may show the twin, and of one that may not. */
  allowed: string;
  refused: string;
  close(): Promise<void>;
}

const policy = [
  "default-src 'none'",
  `script-src ${new URL(stage.site_url).origin}`,
  `connect-src ${new URL(stage.api_url).origin} ${new URL(stage.socket_url).origin}`,
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const html = (handle: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>A portfolio</title>
  </head>
  <body>
    <main>
      <h1>A portfolio</h1>
      <p>Hello.</p>
      <chatapp-twin handle="${handle}"></chatapp-twin>
    </main>
    <script src="${stage.site_url}/twin.js" async></script>
  </body>
</html>`;

export async function serveForeignPage(handle: string): Promise<ForeignPage> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy, "cache-control": "no-store" });
    response.end(html(handle));
  });
  for (const port of PORTS) {
    if (!(await listens(server, port))) continue;
    const { port: own } = server.address() as AddressInfo;
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    // The same page by another name is of another origin.
    return { allowed: `http://127.0.0.1:${own}/`, refused: `http://localhost:${own}/`, close };
  }
  throw new Error(`No port of ${PORTS.join(", ")} is free for a page on another origin.`);
}
