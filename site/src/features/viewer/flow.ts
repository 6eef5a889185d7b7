/**
 * A PDF has lines, not paragraphs: in a panel of another width they would break twice. Pure.
 *
 * Each line break that only follows the page's width becomes a blank, so that places in the text stay what they are.
 */

/** A line of at least this share of the longest one was broken for want of room. */
const FULL = 0.7;

/** What keeps its own line: an empty one, an indented one, an item of a list. */
const APART = /^(?:$|\s|[•‣▪–—*-]\s|\(?\d+[.)]\s)/;

export function flowing(text: string): string {
  const lines = text.split("\n");
  const longest = Math.max(...lines.map((line) => line.length));
  return lines
    .map((line, index) => {
      const next = lines[index + 1];
      if (next === undefined) return line;
      const goesOn = line.length >= longest * FULL && !APART.test(next);
      return line + (goesOn ? " " : "\n");
    })
    .join("");
}

