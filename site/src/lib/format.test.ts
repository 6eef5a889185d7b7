import { afterEach, describe, expect, it, vi } from "vitest";

import { formatAgo, formatDate, formatMoment, formatTime } from "./format";

const TIME = "2026-11-21T12:00:00.000Z";

afterEach(() => void vi.restoreAllMocks());

describe("days and times", () => {
  const prefer = (...languages: string[]) => vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);

  it.each([
    [["en-GB", "en"], "en", "21\u00a0Nov\u00a02026"],
    [["fr-FR", "en-GB"], "en", "21\u00a0Nov\u00a02026"],
    [["en-US"], "en", "Nov\u00a021,\u00a02026"],
    [["en-GB"], "fr", "21\u00a0nov.\u00a02026"],
    // Another language that begins alike.
    [["eng-GB", "en-US"], "en", "Nov\u00a021,\u00a02026"],
  ])("are written as in the browser's region of the page's language: %j, %s", (languages, language, day) => {
    prefer(...languages);
    expect(formatDate(language, TIME)).toBe(day);
    const later = new Date(TIME).getTime() + 90 * 86_400_000;
    expect(formatAgo(language, TIME, later)).toBe(day);
    const spaced = day.replaceAll("\u00a0", " ");
    expect(formatTime(language, TIME)).toContain(spaced);
    expect(formatMoment(language, new Date("2001-11-21T12:00:00Z").getTime())).toContain(spaced.replace("2026", "2001"));
  });
});
