import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiError } from "@/api/client";
import { en } from "@/i18n/en";
import { fr } from "@/i18n/fr";
import { formatMoment } from "@/lib/format";

import { answerErrorText, errorText } from "./errorText";

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 28, 14, 0, 0) }));
afterEach(() => void vi.useRealTimers());

const limited = (seconds: number) => new ApiError(429, "rate_limited", "later", { retry_at_ms: Date.now() + seconds * 1000 });

it("says when it works again, in the person's language", () => {
  expect(errorText(en, limited(12))).toMatch(/^Too many requests at once\. It works again after 2:00:12\sPM\.$/);
  expect(errorText(fr, limited(12))).toMatch(/^Trop de demandes à la fois\. Ce sera de nouveau possible après /);
});

it("names the day of what comes back on another one", () => {
  expect(formatMoment("fr", Date.now() + 12_000)).toBe("14:00:12");
  expect(formatMoment("fr", Date.now() + 86_400_000)).toMatch(/^29 nov\. 2026.*14:00$/);
});

it("says of what the firewall blocked that it was the firewall", () => {
  const blocked = new ApiError(403, "blocked", "The firewall took this request for an attack.");
  expect(errorText(en, blocked)).toMatch(/firewall.*Reword it/);
  expect(errorText(fr, blocked)).toMatch(/pare-feu.*Reformulez/);
});

it.each([
  [en, /^Claude is overloaded at the moment\. Retry after 4:00\sPM\.$/, "Claude is overloaded at the moment. Retry in a minute."],
  [fr, /^Claude est surchargé en ce moment\. Réessayez après .*\.$/, "Claude est surchargé en ce moment. Réessayez dans une minute."],
])("says when an answer may be asked for again, as the model told it: %#", (t, at, soon) => {
  const told = (code: string, ms: number): string => answerErrorText(t, { code, message: "", retry_at: new Date(Date.now() + ms).toISOString() });
  expect(told("model_overloaded", 7_200_000)).toMatch(at);
  expect(told("model_overloaded", -1), "that is over").toBe(soon);
  expect(told("prompt_refused", 7_200_000), "no time mends it").toBe(t.errors.answer.prompt_refused);
});
