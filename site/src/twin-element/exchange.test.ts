import { expect, it } from "vitest";

import { titleOf } from "./exchange";
import { WORDS } from "./texts";

it.each([
  ["about", "about", "À propos"],
  ["", "about", "À propos"],
  ["Agence des eaux", "experience", "Agence des eaux"],
])("a source %j of %s is called %s", (title, section, shown) => {
  expect(titleOf({ entryId: "entry-1", title, section }, WORDS.fr)).toBe(shown);
});
