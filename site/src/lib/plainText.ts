/**
 * A text that somebody wrote, taken apart for showing: paragraphs, and in them words and bare links. Owns no markup;
 * what shows it makes text nodes and links of it, never HTML. For the site and for the element on foreign pages.
 */

export type Piece = { text: string; href?: string };

/** Of every link that somebody else wrote: no weight from this site, no hold on its window. */
export const LINK_REL = "nofollow ugc noopener noreferrer";

// Neither quotes and brackets, which surround links, nor signs that turn the direction of writing or are not seen.
const LINK = /\bhttps?:\/\/[^\s<>"'`«»“”‘’\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+/giu;
const BEHIND = /[.,;:!?…*_~]+$/u;

/** Blank lines part paragraphs; other line ends stay in them. */
export const paragraphsOf = (text: string): string[] =>
  text.split(/\n[^\S\n]*\n\s*/u).map((part) => part.trim()).filter((part) => part !== "");

export function piecesOf(paragraph: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: found, index } of paragraph.matchAll(LINK)) {
    const text = withoutWhatFollows(found);
    const href = webAddress(text);
    if (href === null) continue;
    if (index > at) pieces.push({ text: paragraph.slice(at, index) });
    pieces.push({ text, href });
    at = index + text.length;
  }
  if (at < paragraph.length) pieces.push({ text: paragraph.slice(at) });
  return pieces;
}

/** The sentence's own signs, and a bracket that was opened before the link. */
function withoutWhatFollows(link: string): string {
  let text = link;
  for (;;) {
    const shorter = text.replace(BEHIND, "").replace(/[)\]}]$/u, (bracket) => (isOpened(text, bracket) ? bracket : ""));
    if (shorter === text) return text;
    text = shorter;
  }
}

function isOpened(text: string, closing: string): boolean {
  const opening = { ")": "(", "]": "[", "}": "{" }[closing] ?? "";
  return text.split(opening).length >= text.split(closing).length;
}

/** The address as browsers write it; null: none of the web's, or one that carries a name and password. */
export function webAddress(text: string): string | null {
  try {
    const url = new URL(text);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    return isWeb && url.username === "" && url.password === "" ? url.href : null;
  } catch {
    return null;
  }
}
