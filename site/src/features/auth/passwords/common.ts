/**
 * Whether a password is one of those that are tried first: what NIST SP 800-63B (3.1.1.2) asks in place of rules about
 * capitals and digits. Loaded when a password is chosen; what Cognito itself asks is its length.
 */
import { WORDS } from "./words";

/** Fewer than this many parts, each a common piece or a single character, are guessed. */
const FEWEST_PARTS = 8;
const SHORTEST_WORD = 3;
const YEAR = /^(?:19|20)\d\d$/;
const ONE_CHARACTER = /^(.)\1+$/;
/** The same again and again, and a date or a telephone. */
const ONE_UNIT = /^(.+?)\1+$/;
const NUMBER = /^[\d\s./:+()-]+$/;

/** Rows, columns and zigzags of keyboards, in the order in which fingers go. */
const RUNS = [
  "abcdefghijklmnopqrstuvwxyz",
  "012345678901234567890",
  "qwertyuiop[]",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "azertyuiop^$",
  "qsdfghjklm",
  "wxcvbn,;:!",
  "qwertzuiop",
  "yxcvbnm",
  "1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/",
  "1aqw 2zsx qaw zse wsx",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "1a2z3e4r5t6y7u8i9o0p",
  "a1z2e3r4t5y6u7i8o9p0",
  "1a2s3d4f5g6h7j8k9l",
  "a1s2d3f4g5h6j7k8l9",
  "z1x2c3v4b5n6m7",
  "12qw34er56ty78ui90op",
  "qawsedrftgyhujikolp",
  "qwaszxerdfcvtyghbn",
  "!@#$%^&*()_+",
].flatMap((run) => [run, [...run].toReversed().join("")]);

/** What stands for a letter, as people please a rule that asks for digits. */
const LETTERS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** What is longer Cognito refuses anyway. */
const LONGEST = 256;

/** email: whose password it is. */
export function isCommon(password: string, email: string): boolean {
  if (password.length > LONGEST) return false;
  const text = password.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return ONE_UNIT.test(text) || NUMBER.test(text) || parts(text, new Set([...WORDS, ...ownWords(email)])) < FEWEST_PARTS;
}

function parts(text: string, words: ReadonlySet<string>): number {
  const asLetters = text.replaceAll(/[013457@$!]/g, (character) => LETTERS[character] ?? character);
  const isPiece = (from: number, to: number): boolean => {
    const piece = text.slice(from, to);
    if (piece.length < SHORTEST_WORD) return ONE_CHARACTER.test(piece);
    if (words.has(piece) || words.has(asLetters.slice(from, to)) || YEAR.test(piece)) return true;
    return RUNS.some((run) => run.includes(piece)) || text.indexOf(piece) < from;
  };
  let count = 0;
  for (let at = 0; at < text.length; count += 1) {
    let end = text.length;
    while (end > at + 1 && !isPiece(at, end)) end -= 1;
    at = end;
  }
  return count;
}

/** The address's name, as it is and in its parts, and where it is. */
function ownWords(email: string): string[] {
  const [name = "", place = ""] = email.trim().toLowerCase().split("@");
  return [name, ...name.split(/[^\p{L}]+/u), ...place.split(".")].filter((word) => word.length >= SHORTEST_WORD);
}
