/** Scripts: which are written without blanks between words, and which from the right. */

/** For the inside of a class with the flag `u`: letters and marks of scripts that put no blanks between words. */
export const UNSPACED = [
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Yi}",
  "\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}",
  "\\u3000-\\u303f\\u30fb-\\u30ff\\ufe10-\\ufe1f\\ufe30-\\ufe6f\\uff00-\\uffef",
].join("");

/**
 * Where a bare address ends though no blank does: at marks that no address is written with, and at a letter of such a
 * script right behind a Latin one. `/文档` and `?q=文档` stay.
 */
export const ADDRESS_END = new RegExp(
  [
    "[\\u3000-\\u3004\\u3008-\\u303f\\u30fb\\uff00-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff3e\\uff40\\uff5b-\\uff65]",
    "[\\u00ab\\u00bb\\u2018-\\u201f\\u2026\\u2039\\u203a\\u060c\\u061b\\u061f\\u066a-\\u066d\\u06d4\\u0964\\u0965\\u0589\\u1362-\\u1368\\ufd3e\\ufd3f]",
    `[\\u00b7\\u2013-\\u2015]+(?=[${UNSPACED}]|$)`,
    `(?<=[A-Za-z0-9/])(?<!//[^/]*/(?:.*/)?)[${UNSPACED}]`,
  ].join("|"),
  "u",
);

const STRONG = /[\p{L}\u200e\u200f]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What says nothing of the language around it: code, formulas, tags, addresses, character references. */
const NEUTRAL = /`+[^`]*`+|\\\([^]*?\\\)|\$[^$\n]*\$|<[^<>\n]*>|\]\([^()\n]*\)|(?:https?:\/\/|www\.)\S+|&#?\w+;|\[[xX ]\]/gu;
const FIRST_CHARACTERS = 2_000;

/** How a block is laid out: by its first letter. Undefined, so that it is as what stands around it, without one. */
export function directionOf(text: string): "ltr" | "rtl" | undefined {
  const letter = STRONG.exec(text.slice(0, FIRST_CHARACTERS).replace(NEUTRAL, " "))?.[0];
  if (letter === undefined) return undefined;
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}
