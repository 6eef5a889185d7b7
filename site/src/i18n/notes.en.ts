/** What is said of a file beside its text, in English: a sentence for each of the server's codes. */
import type { components } from "../api/schema";

type Code = components["schemas"]["FileNote"]["code"];
/** what: pages, names or the count itself, as they are written. */
export type Sentence = (count: number, what: string) => string;

const pages = (count: number, what: string): string => `${count === 1 ? "Page" : "Pages"} ${what}`;
const are = (count: number): string => (count === 1 ? "is" : "are");

export const notesEn = {
  pictures: (count, what) => `${pages(count, what)} ${count === 1 ? "is a picture and was" : "are pictures and were"} not read.`,
  by_sight: (count, what) => `${pages(count, what)} ${are(count)} read by sight: Claude sees ${count === 1 ? "it" : "them"} as a picture.`,
  garbled: (count, what) => `${pages(count, what)}: the text cannot be told from the fonts and was not read.`,
  unreadable: (count, what) => `${pages(count, what)} ${are(count)} damaged and could not be read.`,
  cut: (count, what) => `${pages(count, what)} ${are(count)} too long and cut short.`,
  hidden_sheets: (_count, what) => `Hidden sheets, read as well: ${what}.`,
  hidden_rows: (count, what) => `${what} hidden ${count === 1 ? "row" : "rows"}, read as well.`,
  hidden_columns: (count, what) => `${what} hidden ${count === 1 ? "column" : "columns"}, read as well.`,
  hidden_slides: (count, what) => `Hidden ${count === 1 ? "slide" : "slides"} ${what}, read as well.`,
  comments: (count, what) => `${what} ${count === 1 ? "comment, read with its author" : "comments, read with their authors"}.`,
  changes: (count, what) => `${what} tracked ${count === 1 ? "change" : "changes"}, read as such.`,
  uncalculated: (count, what) => `${what} ${count === 1 ? "formula" : "formulas"} without a stored result, read as ${count === 1 ? "a formula" : "formulas"}.`,
  form_fields: (count, what) => `${what} filled form ${count === 1 ? "field" : "fields"}, read as well.`,
  attachments: (_count, what) => `Attachments, read as parts of it: ${what}.`,
  attachments_left_out: (_count, what) => `Attachments that were not read: ${what}.`,
  pictures_left_out: (count, what) => `${what} ${count === 1 ? "picture" : "pictures"} in the document ${count === 1 ? "was" : "were"} not looked at.`,
  objects_left_out: (count, what) => `${what} embedded ${count === 1 ? "object or drawing was" : "objects or drawings were"} not read.`,
  frames_left_out: (count, what) => `Only the first picture is seen; ${what} more ${count === 1 ? "is" : "are"} left out.`,
  encoding: (_count, what) => `The text does not say its encoding; it was read as ${what}.`,
} satisfies Record<Code, Sentence>;
