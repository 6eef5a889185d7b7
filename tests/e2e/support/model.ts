/** Tells the demo model what to answer. On a stage with a real model, questions are plain enough to need no script. */
import { randomBytes } from "node:crypto";

import { stage } from "./stage";

/** How the demo model answers one request: see Reply in deploy/local/demo_model/scripts.py. */
export interface Reply {
  text?: string;
  thinking?: string;
  delay_first_s?: number;
  delay_chunk_s?: number;
  chunk_chars?: number;
  error?: { status: number; type: string; message: string };
  cut_after_chars?: number;
  error_after_chars?: number;
}

export interface ModelRequest {
  model: string;
  system?: unknown;
  messages: { role: string; content: string | { text?: string }[] }[];
}

const FLOWERS = ["roses", "lilies", "tulips", "asters", "dahlias", "irises", "violets", "poppies", "peonies", "orchids"];

/** Plain words in one paragraph, numbered, so that a piece that is missing or doubled shows. */
export const longText = (words: number): string =>
  Array.from({ length: words }, (_, index) => `${index + 1}-${FLOWERS[(index + 1) % FLOWERS.length]}`).join(" ");

/** A word for one test's question, so that scripts of tests that run side by side never mix. */
export const uniqueWord = (): string => `w${randomBytes(5).toString("hex")}`;

export async function script(match: string, reply: Reply, options: { times?: number; title?: boolean } = {}): Promise<void> {
  if (stage.model_url === null) throw new Error("Tag the test @scripted: this stage has no demo model.");
  const response = await fetch(`${stage.model_url}/_demo/script`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ match, times: options.times ?? null, title: options.title ?? false, reply }),
  });
  if (response.status !== 201) throw new Error(`The demo model refused the script: ${await response.text()}`);
}

/** What the model was asked with `word` in the last message, titles left out. */
export async function requests(word: string): Promise<ModelRequest[]> {
  const response = await fetch(`${stage.model_url}/_demo/requests?after=0`);
  const { items } = (await response.json()) as { items: { body: ModelRequest }[] };
  return items
    .map((item) => item.body)
    .filter((body) => JSON.stringify(body.messages.at(-1)?.content).includes(word))
    .filter((body) => !JSON.stringify(body.system ?? "").includes("title only"));
}

/** A question whose answer takes some seconds to stream, in one paragraph, on any stage. */
export async function slowQuestion({ words = 300, delayS = 0.05 } = {}): Promise<string> {
  const word = uniqueWord();
  if (stage.model_url === null) {
    return `Write the numbers from 1 to ${words} as words, in one paragraph, separated by spaces, and nothing else. (${word})`;
  }
  await script(word, { text: longText(words), delay_chunk_s: delayS });
  return `${word}: which flowers?`;
}

/** A question that is answered at once, on any stage. */
export async function quickQuestion(text = "A rose."): Promise<string> {
  const word = uniqueWord();
  if (stage.model_url === null) return `Reply with exactly these words and nothing else: ${text} (${word})`;
  await script(word, { text, delay_chunk_s: 0 });
  return `${word}: name a flower.`;
}
