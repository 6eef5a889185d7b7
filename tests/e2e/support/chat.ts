/** The site as a person uses it, found by what it says. */
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";
import { stage, type Account } from "./stage";

export interface StoredMessage {
  message_id: string;
  role: "user" | "assistant";
  status: string;
  model: string | null;
  content: { type: string; text?: string }[];
}

export interface StoredConversation {
  conversation_id: string;
  title: string | null;
  model: string;
  head: string | null;
  answer_in_progress: string | null;
}

export const textOf = (message: StoredMessage): string =>
  message.content.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("");

export class Chat {
  readonly page: Page;
  readonly box: Locator;
  readonly answers: Locator;
  readonly prompts: Locator;
  readonly stopButton: Locator;

  constructor(page: Page) {
    this.page = page;
    this.box = page.getByRole("textbox", { name: en.chat.messageBox });
    this.answers = page.getByRole("article", { name: en.chat.claudeAnswer });
    this.prompts = page.getByRole("article", { name: en.chat.yourMessage });
    this.stopButton = page.getByRole("button", { name: en.chat.stop, exact: true });
  }

  async open(path = "/chat"): Promise<this> {
    await this.page.goto(stage.site_url + path);
    return this;
  }

  async fillSignIn({ email, password }: Account): Promise<void> {
    await this.page.getByLabel(en.auth.email).fill(email);
    await this.page.getByLabel(en.auth.password, { exact: true }).fill(password);
    await this.page.getByRole("button", { name: en.auth.signIn }).click();
  }

  async signIn(account: Account): Promise<this> {
    await this.fillSignIn(account);
    await expect(this.box).toBeVisible();
    return this;
  }

  async send(text: string): Promise<void> {
    await this.box.fill(text);
    await this.page.getByRole("button", { name: en.chat.send, exact: true }).click();
  }

  /** Send a message and wait for the end of its answer; returns the answer's article. */
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

  /** Wait until some of an answer is shown while it grows, both seen in the same moment; returns what is shown. */
  async partOf(answer: Locator, characters = 30): Promise<string> {
    let seen = { isGrowing: true, text: "" };
    const look = async (): Promise<boolean> => {
      seen = await answer.evaluate((article) => ({
        isGrowing: article.ariaBusy === "true",
        text: article.querySelector("p")?.innerText.trim() ?? "",
      }));
      return !seen.isGrowing || seen.text.length > characters;
    };
    await answer.waitFor();
    await expect.poll(look, { intervals: [50], timeout: 90_000 }).toBe(true);
    expect(seen.isGrowing, "text must be seen before the answer ends").toBe(true);
    return seen.text;
  }

  /** The text of an answer of one paragraph. */
  async shown(answer: Locator): Promise<string> {
    const paragraphs = await answer.locator("p").allInnerTexts();
    return (paragraphs[0] ?? "").trim();
  }

  get conversationId(): string {
    const id = /\/c\/([^/?#]+)/.exec(this.page.url())?.[1];
    if (!id) throw new Error(`No conversation is open: ${this.page.url()}`);
    return id;
  }

  async opened(): Promise<string> {
    // No page is loaded here, so there is no load to wait for.
    await this.page.waitForURL(/\/c\//, { waitUntil: "commit" });
    return this.conversationId;
  }

  /** Call the API as the page's own user, from the page. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.page.evaluate(
      async ([base, clientId, verb, to, json]) => {
        const prefix = `CognitoIdentityServiceProvider.${clientId}`;
        const user = localStorage.getItem(`${prefix}.LastAuthUser`);
        const token = localStorage.getItem(`${prefix}.${user}.idToken`) ?? "";
        const headers = { Authorization: token, ...(json ? { "Content-Type": "application/json" } : {}) };
        const response = await fetch(`${base}${to}`, { method: verb, headers, ...(json ? { body: json } : {}) });
        if (!response.ok) throw new Error(`${verb} ${to}: ${response.status} ${await response.text()}`);
        return (await response.json()) as T;
      },
      [stage.api_url, stage.client_id, method, path, body === undefined ? "" : JSON.stringify(body)] as const,
    );
  }

  /** Do what the page shows at once, and wait until it is stored too: whatever is read next may be faster. */
  async changing(act: () => Promise<void>): Promise<void> {
    const changed = this.page.waitForResponse((response) => ["PATCH", "DELETE"].includes(response.request().method()));
    await act();
    expect((await changed).ok()).toBe(true);
  }

  /** The messages of a conversation as they are stored, oldest first. */
  async stored(conversationId = this.conversationId): Promise<StoredMessage[]> {
    const path = `/conversations/${conversationId}/messages?limit=100`;
    const { items } = await this.api<{ items: StoredMessage[] }>("GET", path);
    return items.reverse();
  }

  async storedConversation(conversationId = this.conversationId): Promise<StoredConversation> {
    return this.api<StoredConversation>("GET", `/conversations/${conversationId}`);
  }

  /** The shown thread is what is stored: one prompt and one answer, with the stored text, once. */
  async showsTheStoredAnswer(): Promise<string> {
    const [prompt, answer] = await this.stored();
    await expect(this.prompts).toHaveCount(1);
    await expect(this.answers).toHaveCount(1);
    expect(await this.prompts.first().innerText()).toContain(textOf(prompt!));
    const text = textOf(answer!);
    expect(text.length).toBeGreaterThan(0);
    expect(await this.shown(this.answers.first())).toBe(text.trim());
    return text;
  }
}

/** Another device of the same person: a browser of its own, that shares nothing. */
export async function anotherDevice(context: BrowserContext, account: Account): Promise<Chat> {
  const chat = await new Chat(await context.newPage()).open();
  return chat.signIn(account);
}
