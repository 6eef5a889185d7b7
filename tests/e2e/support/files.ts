/** The files that `tests/e2e/files.py` wrote, and how a person brings them to the page. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, type Locator, type Page } from "@playwright/test";

import { en } from "../../../site/src/i18n/en";

/** A file and what is asked of it: `answer` stands on `page` alone. */
export interface Fixture {
  name: string;
  type: string;
  pages: number;
  question: string;
  answer: string;
  page: number;
}

export interface Given {
  name: string;
  type: string;
  content: Buffer;
}

const folder = fileURLToPath(new URL("../../../.build/e2e/files/", import.meta.url));
const facts = JSON.parse(readFileSync(`${folder}facts.json`, "utf8")) as { documents: Fixture[]; thesis: Fixture; photo: string };

export const { documents, thesis } = facts;
export const report = documents[0]!;
export const photo: Given = { name: facts.photo, type: "image/png", content: readFileSync(folder + facts.photo) };

export const contentOf = ({ name, type }: Fixture): Given => ({ name, type, content: readFileSync(folder + name) });

export const textFile = (name: string, text: string): Given => ({ name, type: "text/plain", content: Buffer.from(text) });

/** Drag files over the page and let them go. */
export const drop = (page: Page, ...given: Given[]): Promise<void> => transfer(page, "drop", given, "");

/** Paste into the box that has the focus. */
export const paste = (page: Page, { files = [], text = "" }: { files?: Given[]; text?: string }): Promise<void> =>
  transfer(page, "paste", files, text);

async function transfer(page: Page, how: "drop" | "paste", given: Given[], text: string): Promise<void> {
  const files = given.map(({ name, type, content }) => ({ name, type, content: content.toString("base64") }));
  await page.evaluate(
    ([kind, sent, plain]) => {
      const data = new DataTransfer();
      for (const { name, type, content } of sent) {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      if (plain !== "") data.setData("text/plain", plain);
      const target = document.activeElement ?? document.body;
      const options = { bubbles: true, cancelable: true };
      if (kind === "paste") {
        target.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
        return;
      }
      for (const type of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: data }));
      }
    },
    [how, files, text] as const,
  );
}

/** The chip of a file that is being attached. */
export const chip = (page: Page, name: string): Locator =>
  page.getByRole("list", { name: en.files.attached }).getByRole("listitem").filter({ hasText: name });

/** Wait until an attached file is ready, which is when it can be opened. */
export async function attached(page: Page, name: string): Promise<Locator> {
  const found = chip(page, name);
  await expect(found.getByRole("button", { name: en.files.open(name) })).toBeVisible({ timeout: 90_000 });
  return found;
}

export const viewer = (page: Page, name: string): Locator => page.getByLabel(en.citations.viewer.region(name), { exact: true });

/** Open the page behind an answer's first source, as a mouse or a finger does it. */
export async function openSource(answer: Locator, { name }: { name: string }): Promise<void> {
  const marker = answer.locator("button.citation", { hasText: "1" }).first();
  await expect(marker).toHaveAccessibleName(new RegExp(`^${en.citations.marker(1, name, "")}`));
  const isTouch = await marker.evaluate(() => navigator.maxTouchPoints > 0);
  if (!isTouch) {
    await marker.click();
    return;
  }
  await marker.tap();
  await answer.getByRole("button", { name: en.citations.open }).tap();
}

/** The viewer shows the page that answers, with the quote highlighted and in view. */
export async function expectQuoted(page: Page, { name, answer, page: number }: Fixture): Promise<void> {
  const shown = viewer(page, name);
  await expect(shown.getByRole("textbox")).toHaveValue(String(number));
  await expect(shown.locator("mark").first()).toBeInViewport();
  const quoted = (await shown.locator("mark").allInnerTexts()).join(" ").replaceAll(/\s+/g, " ");
  expect(quoted).toContain(answer);
}
