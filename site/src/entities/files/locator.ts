/** Where in a file a page stands, as the person's language says it. */
import type { Locator } from "@/api/types";
import type { Messages } from "@/i18n";

import type { Unit } from "./kinds";

/**
 * "page 12", "sheet Budget, rows 1–200", "section “Results” (part 2)", "offer.pdf, page 2" of a message's attachment. Of an
 * unknown kind: the server's own label.
 */
export function locatorText(t: Messages, locator: Locator): string {
  const place = ownPlace(t, locator);
  return locator.attachment && place !== locator.label ? `${locator.attachment}, ${place}` : place;
}

function ownPlace(t: Messages, locator: Locator): string {
  const texts = t.files.locator;
  const part = locator.part ?? null;
  switch (locator.kind) {
    case "page":
      return locator.page ? texts.page(locator.page) : locator.label;
    case "slide":
      return locator.slide ? texts.slide(locator.slide) : locator.label;
    case "sheet":
      return sheetText(t, locator);
    case "section":
      if (!locator.section) return part === null ? locator.label : texts.part(part);
      return withPart(t, texts.section(locator.section), part !== null && part > 1 ? part : null);
    case "lines": {
      const lines = rangeText(locator.first_line, locator.last_line, texts.line, texts.lines);
      return lines === null ? locator.label : withPart(t, lines, part);
    }
    default:
      return locator.label;
  }
}

/** "page 12", "slides 3–4": where only the numbers are known that the API counts by. */
export function placeText(t: Messages, unit: Unit, first: number, last: number): string {
  const { page, pages, slide, slides, part, parts } = t.files.locator;
  const [one, several] = { page: [page, pages] as const, slide: [slide, slides] as const, part: [part, parts] as const }[unit];
  return first === last ? one(first) : several(first, last);
}

function sheetText(t: Messages, { sheet, first_row, last_row, label }: Locator): string {
  const texts = t.files.locator;
  const rows = rangeText(first_row, last_row, texts.row, texts.rows);
  if (!sheet) return rows ?? label;
  return rows === null ? texts.sheet(sheet) : `${texts.sheet(sheet)}, ${rows}`;
}

const withPart = (t: Messages, text: string, part: number | null): string =>
  part === null ? text : `${text} (${t.files.locator.part(part)})`;

type Bound = number | null | undefined;

function rangeText(
  first: Bound,
  last: Bound,
  one: (at: number) => string,
  several: (first: number, last: number) => string,
): string | null {
  if (!first) return null;
  return !last || last === first ? one(first) : several(first, last);
}
