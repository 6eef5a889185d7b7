/**
 * Where formulas stand in Markdown: `\( \)`, `\[ \]`, `$$ $$`, and `$x$` where it is surely one. What may also be money,
 * a variable of a shell or a bracket that was escaped stays text.
 */
export interface FormulaMatch {
  raw: string;
  tex: string;
  isDisplay: boolean;
}

const COMMAND = /\\[a-zA-Z]{2,}|\\[,;:!{}|\\]/u;
const SCRIPT = /[\^_]/u;
const OPERATOR = /[=<>+\-*/|(),!≤≥≈≠±×÷·∈→]/u;
/** Braces with what is in them, and commands: no words of prose. */
const NESTED = /\\[a-zA-Z]+\s*|\{[^{}]*\}/gu;
const PROSE = /[\p{L}]{2,}[,.;:]?\s+[\p{L}]{2,}/u;
const SHORT = /^(?:[a-zA-Z]{1,2}|[\u0370-\u03ff])['′]*$/u;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*\s*%?$/u;
/** What may stand in a formula that begins with a number as a word; others are of a sentence about money. */
const FUNCTION = /^(?:\p{L}|sin|cos|tan|cot|log|ln|exp|lim|max|min|mod|gcd|lcm|det)$/u;
/** What code, templates and shells write between dollars. */
const CODE = /["`;#@?&€£¥]|\*\*|^\w{2,}_[a-zA-Z_]{2,}$|^[A-Z_]{3,}\b/u;

const withoutNested = (tex: string): string => {
  let bare = tex;
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(NESTED, " ");
  }
  return bare;
};

/** Whether a text is a formula, when its marks may mean something else as well. */
function isFormula(tex: string): boolean {
  if (COMMAND.test(tex)) return true;
  const bare = withoutNested(tex);
  if (PROSE.test(bare)) return false;
  if (SHORT.test(tex) || NUMBER.test(tex) || SCRIPT.test(tex)) return true;
  const words = bare.match(/\p{L}+/gu) ?? [];
  if (!OPERATOR.test(tex) || !/[\p{L}\p{N}]/u.test(tex)) return false;
  if (/^\d/u.test(tex)) return words.every((word) => FUNCTION.test(word));
  return tex.includes("=") || words.every((word) => word.length <= 3);
}

const INLINE: readonly [open: RegExp, isDisplay: boolean][] = [
  [/^\\\(((?:\\(?!\))[^]|[^\\])+?)\\\)/u, false],
  [/^\\\[((?:\\(?!\])[^]|[^\\])+?)\\\]/u, true],
  [/^\$\$(?!\$)((?:\\[^]|[^\\$])+)\$\$(?!\$)/u, false],
];
const DOLLARS = /^\$(?![\s$])((?:\\[^\n]|[^\\$\n`])+)\$(?![A-Za-z0-9_\u00c0-\u024f$({])/u;
const NO_DOLLAR_BEHIND = /[A-Za-z0-9_\u00c0-\u024f$)\\]$/u;

/** The formula that a text begins with. before: what stands before it, or the end of that. */
export function inlineFormula(text: string, before = ""): FormulaMatch | undefined {
  const first = text.charCodeAt(0);
  if (first !== 36 && first !== 92) return undefined; // $ and \
  for (const [pattern, isDisplay] of INLINE) {
    const match = pattern.exec(text);
    const tex = match?.[1]?.trim();
    if (match && tex && !/\n[ \t]*\n/u.test(tex) && isSure(match[0], tex)) return { raw: match[0], tex, isDisplay };
  }
  if (NO_DOLLAR_BEHIND.test(before)) return undefined;
  const match = DOLLARS.exec(text);
  const tex = match?.[1];
  if (!match || !tex || /\s$/u.test(tex) || !isSureOfDollars(tex)) return undefined;
  if (isAmount(before, tex, text.slice(match[0].length))) return undefined;
  return { raw: match[0], tex, isDisplay: false };
}

/** `5 $-6 $`, `$5, A$ 6` and `$5), (6$`: a number before or behind, or a bracket without its other. */
const isAmount = (before: string, tex: string, behind: string): boolean =>
  (/\d[ \u00a0\u202f]$/u.test(before) && !/\p{L}/u.test(tex)) || (/^\d/u.test(tex) && (/^[ \u00a0\u202f]\d/u.test(behind) || !/^[^()]*(?:\([^()]*\)[^()]*)*$/u.test(tex)));

const isSureOfDollars = (tex: string): boolean => COMMAND.test(tex) || (!CODE.test(tex) && isFormula(tex));

/** `\[1\]` and `\(optional\)` are brackets that were escaped. */
function isSure(raw: string, tex: string): boolean {
  if (!isFormula(tex)) return /^\\\(\s*[\p{L}\d]{1,3}\s*\\\)$/u.test(raw);
  return !raw.startsWith("\\[") || raw.includes("\n") || COMMAND.test(tex) || SCRIPT.test(tex) || (/[=<>+]/u.test(tex) && tex.length > 2);
}

const ENVIRONMENTS = "equation|align|aligned|alignat|gather|gathered|multline|eqnarray|cases|split|CD|[pbvBV]?matrix|array";
const BLOCK: readonly RegExp[] = [
  /^ {0,3}\$\$(?!\$)((?:\\[^]|[^\\$])+)\$\$[ \t]*$/u,
  /^ {0,3}\\\[((?:\\(?!\])[^]|[^\\])+?)\\\][ \t]*$/u,
  new RegExp(`^ {0,3}(\\\\begin\\{((?:${ENVIRONMENTS})\\*?)\\}[^]*?\\\\end\\{\\2\\})[ \\t]*$`, "u"),
];
const OPENS_BLOCK = /^ {0,3}(?:\$\$(?!\$)|\\\[|\\begin\{)/u;
const CLOSERS: readonly (readonly [open: RegExp, close: RegExp])[] = [
  [/^ {0,3}\$\$/u, /\$\$(?!\$)/gu],
  [/^ {0,3}\\\[/u, /\\\]/gu],
  [/^ {0,3}\\begin\{/u, /\\end\{[a-zA-Z]+\*?\}/gu],
];

export interface FormulaBlock {
  raw: string;
  /** Undefined: it was begun, and not ended (yet). */
  tex: string | undefined;
}

/** The formula of its own lines that a text begins with. ignored: what may stand behind its end, on its last line. */
export function blockFormula(text: string, ignored: (text: string) => string, isGrowing: boolean): FormulaBlock | undefined {
  if (!OPENS_BLOCK.test(text)) return undefined;
  for (const [open, close] of CLOSERS) {
    const opened = open.exec(text);
    if (!opened) continue;
    for (const match of text.slice(opened[0].length).matchAll(close)) {
      const at = opened[0].length + match.index + match[0].length;
      const lineEnd = text.indexOf("\n", at);
      const raw = lineEnd < 0 ? text : text.slice(0, lineEnd);
      const found = closed(ignored(raw));
      if (found !== undefined) return { raw, tex: found };
      if (/\n[ \t]*\n/u.test(raw.trim())) break;
    }
  }
  return unclosed(text, isGrowing);
}

function closed(raw: string): string | undefined {
  for (const pattern of BLOCK) {
    const match = pattern.exec(raw);
    const tex = match?.[1]?.trim();
    if (tex && !/\n[ \t]*\n/u.test(tex) && isSure(raw.trim(), tex)) return tex;
  }
  return undefined;
}

/** What was begun as a formula and has no end up to the next blank line: its source is shown as it is. */
function unclosed(text: string, isGrowing: boolean): FormulaBlock | undefined {
  const blank = /\n[ \t]*\n/u.exec(text);
  const raw = blank ? text.slice(0, blank.index) : text;
  const inner = raw.replace(/^ {0,3}(?:\$\$|\\\[)/u, "").trim();
  const isBegun = inner === "" ? isGrowing && raw === text : isFormula(inner) && !/\$\$|\\\]/u.test(inner);
  return isBegun ? { raw, tex: undefined } : undefined;
}

/** Where a formula of its own lines may begin, behind the first line. */
export const blockFormulaStart = (text: string): number => text.search(/\n {0,3}(?:\$\$(?!\$)|\\\[|\\begin\{)/u);

/** Where formulas may begin in a line of text. */
export const inlineFormulaStarts = (text: string): number[] => [...text.matchAll(/\\[([]|\$/gu)].map(({ index }) => index);

/** Whether a text begins as a formula that has no end: an answer that was cut off, or a path of Windows. */
export const isUnclosed = (text: string): boolean =>
  /^\\[([]/u.test(text) && isOpen(text, "") && (COMMAND.test(text.slice(2)) || SCRIPT.test(text));

/** What is looked at before a formula: short, for patterns that look from its beginning to its end. */
const lastOf = (text: string, end: number): string => text.slice(Math.max(0, end - 2), end);

/** Where the formulas of a line of text stand, outside code. */
export function formulaRanges(text: string): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  const marks = /(`+)(?!`)(?:[^]*?[^`])?\1(?!`)|\\[^([]|\\[([]|\$/gu;
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const found = match[0].length <= 2 ? inlineFormula(text.slice(match.index), lastOf(text, match.index)) : undefined;
    if (!found) continue;
    ranges.push([match.index, match.index + found.raw.length]);
    marks.lastIndex = match.index + found.raw.length;
  }
  return ranges;
}

/** Where a formula begins that has no end yet; -1 without one. */
export function openFormula(text: string): number {
  const marks = /(`+)(?!`)(?:[^]*?[^`])?\1(?!`)|\\[^([]|\\[([]|\$/gu;
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    if (match[0].length > 2 || /^\\[^([]/u.test(match[0])) continue;
    const rest = text.slice(match.index);
    const found = inlineFormula(rest, lastOf(text, match.index));
    if (found) marks.lastIndex = match.index + found.raw.length;
    else if (isOpen(rest, lastOf(text, match.index))) return match.index;
  }
  return -1;
}

function isOpen(rest: string, before: string): boolean {
  if (/^\\[([]/u.test(rest)) return !rest.includes(rest.startsWith("\\(") ? "\\)" : "\\]") && !PROSE.test(withoutNested(rest.slice(2)));
  if (rest.startsWith("$$")) return !rest.slice(2).includes("$") && isFormula(rest.slice(2));
  const inner = rest.slice(1);
  return !NO_DOLLAR_BEHIND.test(before) && /^[^\s\d$][^$`\n]*$/u.test(inner) && /\\[a-zA-Z]|[\^_]/u.test(inner) && isSureOfDollars(inner);
}
