/**
 * Emphasis as writers of Chinese, Japanese and Korean use it: no blanks around it, and their own marks within it, as in
 * `**注意：**请` or `**「重点」**は`. CommonMark knows blanks and marks only, and leaves both as they are; the rule here is
 * that of https://github.com/tats-u/markdown-cjk-friendly, for other scripts without blanks too.
 */
import type { Tokenizer } from "marked";

import { ADDRESS_END, UNSPACED } from "./scripts";

type InlineRules = Tokenizer["rules"]["inline"];

/** A mark, but none of those scripts; `~` counts as a letter, as in GFM. */
const MARK = `(?:(?![~${UNSPACED}])[\\p{P}\\p{S}])`;
const LETTER = `(?:[^\\s\\p{P}\\p{S}${UNSPACED}]|~)`;
const OWN = `[${UNSPACED}]`;

/** The groups say what a run of asterisks is: 1 and 2 close, 3 and 4 open, 5 and 6 do both (see marked's own rule). */
const ASTERISKS = new RegExp(
  [
    "^[^_*]*?__[^_*]*?\\*[^_*]*?(?=__)",
    "[^*]+(?=[^*])",
    `(?!\\*)(?:${MARK}|${OWN})(\\*+)(?=\\s|$)`,
    `${LETTER}(\\*+)(?!\\*)(?=\\s|${MARK}|$)`,
    `(?!\\*)${MARK}(\\*+)(?=${LETTER})`,
    `\\s(\\*+)(?!\\*)(?=\\S)`,
    `(?!\\*)(?:${MARK}|${OWN})(\\*+)(?!\\*)(?=${MARK}|${OWN})`,
    `(?:${LETTER}|${OWN})(\\*+)(?=${LETTER}|${OWN})`,
  ].join("|"),
  "gu",
);

export function withEveryScript(rules: InlineRules): InlineRules {
  return {
    ...rules,
    emStrongLDelim: new RegExp(`^(?:\\*+(?:((?!\\*)${MARK})|([^\\s*]))?)|^_+(?:((?!_)${MARK})|([^\\s_]))?`, "u"),
    emStrongRDelimAst: ASTERISKS,
    punctuation: new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${UNSPACED}])`, "u"),
  };
}

/** A bare address without the sentence behind it: `https://example.com/docs。然后` ends before its full stop. */
export function addressEnd(address: string): number {
  const match = ADDRESS_END.exec(address);
  return match ? match.index : address.length;
}

/** `2*3*4` and `x**2 + y**2` count: a number or one letter, and what it is multiplied with. Marks around a word stay. */
const PRODUCT =
  /(?<![a-zA-Z0-9*_\\#]|\d[.,])(?:\d+(?:[.,]\d+)*|[a-zA-Z])(?:\*(?:\d+(?:\.\d+)*[a-zA-Z]?|[a-zA-Z]\w*)|\*\*(?:\d+(?:\.\d+)*|[a-zA-Z])(?!\w))+(?!\w|\*(?!\*))/gu;

/** A text of the same length whose signs of multiplication are no marks; `n**1**` has a bold number. */
export const withoutProducts = (text: string): string =>
  text.replace(PRODUCT, (product, at: number) => {
    const isBold = product.includes("**") && text[at + product.length] === "*";
    return isBold ? product : product.replaceAll("*", "a");
  });
