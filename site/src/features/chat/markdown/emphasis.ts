/**
 * Emphasis as writers of Chinese, Japanese and Korean use it: no blanks around it, and their own marks within it, as in
 * `**注意：**请` or `**「重点」**は`. CommonMark knows blanks and marks only, and leaves both as they are; the rule here is
 * that of https://github.com/tats-u/markdown-cjk-friendly, for other scripts without blanks too.
 */
import type { Tokenizer } from "marked";

import { ADDRESS_END, UNSPACED } from "./scripts";

type Rules = Tokenizer["rules"];

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

/** The same for underscores, which mark nothing between two letters that blanks part, and a single one nothing within a name. */
const UNDERSCORES = new RegExp(
  [
    "^[^_*]*?\\*\\*[^_*]*?_[^_*]*?(?=\\*\\*)",
    "[^_]+(?=[^_])",
    "[\\p{L}\\p{N}]_(?=[\\p{L}\\p{N}])",
    `(?!_)(?:${MARK}|${OWN})(_+)(?=\\s|$)`,
    `${LETTER}(_+)(?!_)(?=\\s|${MARK}|$)`,
    `(?!_)${MARK}(_+)(?=${LETTER})`,
    `\\s(_+)(?!_)(?=\\S)`,
    `(?!_)(?:${MARK}|${OWN})(_+)(?!_)(?=${MARK}|${OWN})`,
    `(?:${OWN}(?=_+${LETTER})|${LETTER}(?=_+${OWN}))(_+)`,
  ].join("|"),
  "gu",
);

export const withEveryScript = (rules: Rules): Rules => ({
  ...rules,
  inline: {
    ...rules.inline,
    emStrongLDelim: new RegExp(`^(?:\\*+(?:((?!\\*)${MARK})|([^\\s*]))?)|^_+(?:((?!_)${MARK})|([^\\s_]))?`, "u"),
    emStrongRDelimAst: ASTERISKS,
    emStrongRDelimUnd: UNDERSCORES,
    punctuation: new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${UNSPACED}])`, "u"),
  },
  // Behind these, underscores open nothing.
  other: { ...rules.other, unicodeAlphaNumeric: new RegExp(`(?!${OWN})[\\p{L}\\p{N}]`, "u") },
});

/** Whether a text begins with an underscore that is a part of a name, in any script: `用户_订单_表` keeps what it is written with. */
export const isWithinName = (text: string, before: string): boolean => /^_[\p{L}\p{N}]/u.test(text) && /[\p{L}\p{N}]$/u.test(before);

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
