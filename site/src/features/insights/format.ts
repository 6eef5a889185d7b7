/** Days and times as this page tells them. */

/** "28 Nov" of a day such as 2026-11-28; days are UTC's, wherever they are read. */
export const formatDay = (language: string, day: string): string =>
  new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`)).replaceAll(" ", "\u00a0");

/** "1.2 sec". */
export const formatSeconds = (language: string, ms: number): string =>
  new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: ms < 10_000 ? 1 : 0 }).format(ms / 1_000);

export const formatShare = (language: string, part: number, whole: number): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(whole > 0 ? part / whole : 0);

/** "French" of "fr", in the reader's language; what is no language stays as it is. */
export function languageName(language: string, tag: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
