import { expect, it } from "vitest";

import { afterRefusal, askAfterMs, HIDDEN_MS, POLL_MS, SILENCE_MS, SLOWEST_MS } from "./askAfter";

const idle = { quiet: 0, isPushed: false, isHidden: false };

it("asks often at first, then ever less, but never stops", () => {
  const pauses = Array.from({ length: 12 }, (_, quiet) => askAfterMs({ ...idle, quiet }));
  expect(pauses.slice(0, 5)).toEqual([POLL_MS, POLL_MS, POLL_MS, POLL_MS, POLL_MS * 2]);
  expect(pauses.at(-1)).toBe(SLOWEST_MS);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
});

it("asks less where frames are pushed, and where nobody looks", () => {
  expect(askAfterMs({ ...idle, isPushed: true })).toBe(SILENCE_MS);
  expect(askAfterMs({ ...idle, isHidden: true })).toBe(HIDDEN_MS);
});

it("asks later at once after a refusal", () => {
  expect(askAfterMs({ ...idle, quiet: afterRefusal(0) })).toBe(POLL_MS * 2);
  expect(askAfterMs({ ...idle, quiet: afterRefusal(afterRefusal(0)) })).toBe(POLL_MS * 4);
});
