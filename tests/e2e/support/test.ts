/** The tests' fixtures: a user of one's own, a signed-in chat, and a page on which nothing may go wrong unseen. */
import { test as base, type Page } from "@playwright/test";

import { Chat } from "./chat";
import { stage, takeAccount, type Account } from "./stage";

interface Fixtures {
  account: Account;
  chat: Chat;
  needs: void;
  faults: string[];
}

/** What the page's console says of its content security policy, and of errors that React caught. */
const FAULTS = /Content Security Policy|Trusted(HTML|Script)|^(Reference|Type|Range)Error|Minified React error/i;

const watch = (page: Page, faults: string[]): void => {
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (FAULTS.test(message.text())) faults.push(message.text());
  });
};

export const test = base.extend<Fixtures>({
  needs: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use, { tags }) => {
      test.skip(tags.includes("@local_only") && stage.state_dir === null, "local_only: needs a local AWS of its own");
      test.skip(tags.includes("@scripted") && stage.model_url === null, "scripted: needs the demo model");
      await use();
    },
    { auto: true },
  ],
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      context.on("page", (page) => watch(page, faults));
      await use(faults);
      if (faults.length > 0) throw new Error(`The page reported: ${faults.join("; ")}`);
    },
    { auto: true },
  ],
  // eslint-disable-next-line no-empty-pattern
  account: async ({}, use) => {
    await use(takeAccount());
  },
  chat: async ({ page, account }, use) => {
    const chat = await new Chat(page).open();
    await use(await chat.signIn(account));
  },
});

export { expect } from "@playwright/test";
