/** The README's picture. Only when asked for, so that a test run leaves the tree clean: CHATAPP_SCREENSHOT=docs/screenshot.png */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { en } from "../../../site/src/i18n/en";
import { script } from "../support/model";
import { expect, test } from "../support/test";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const target = process.env["CHATAPP_SCREENSHOT"];

const QUESTION = "How do I read a large CSV file in Python without loading all of it?";
const ANSWER = `Read it row by row: \`csv.DictReader\` holds **one row** in memory at a time.

\`\`\`python
import csv

def rows_of(path: str, name: str):
    with open(path, newline="", encoding="utf-8") as file:
        yield from (row for row in csv.DictReader(file) if row["country"] == name)
\`\`\`

| You want to | Use | Memory |
| --- | --- | --- |
| go through it once | \`csv.DictReader\` | one row |
| filter and group | \`duckdb.sql\` | a few MB |
| explore by hand | \`polars.scan_csv\` | the result |
`;

const EARLIER = ["A week in the Alps", "Why is the sky blue?", "A birthday speech", "Roses that bear shade", "Pasta for eight"];

test("a picture for the README", { tag: "@scripted" }, async ({ chat, page }) => {
  test.skip(!target, "screenshot: set CHATAPP_SCREENSHOT to the file to write");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const title of [...EARLIER].reverse()) await chat.api("POST", "/conversations", { title });
  await script("large CSV file", { text: ANSWER, delay_chunk_s: 0 });
  await script("large CSV file", { text: "Reading a large CSV file" }, { title: true });
  await page.reload();
  const answer = await chat.ask(QUESTION);
  await expect(answer.locator("pre code [class*=tok-]").first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: en.list.title }).getByRole("link", { name: /large CSV/ })).toBeVisible();
  // The person of the picture has a name; the test's user has a number.
  await page.getByText(/^e2e-/).first().evaluate((element) => (element.textContent = "ada@example.com"));
  await page.getByRole("region", { name: en.chat.conversation }).evaluate((element) => element.scrollTo({ top: 0 }));
  await page.mouse.move(640, 400);
  await page.screenshot({ path: resolve(root, target!), animations: "disabled", caret: "hide" });
});
