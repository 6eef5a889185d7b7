/** Formulas drawn by KaTeX. A lazy chunk, with its style and fonts: only answers with formulas load it. */
import "katex/dist/katex.min.css";
import { render } from "katex";
import "katex/contrib/mhchem";

/** Longer ones are not drawn: laying them out would hold up the page. */
const LONGEST_CHARACTERS = 8_000;

/**
 * Draw a formula into an element, with what a screen reader reads; false when KaTeX does not know how. Into an element
 * and not as HTML: the site's content security policy lets no style of a text in, and its Trusted Types no HTML.
 */
export function draw(tex: string, element: HTMLElement, isDisplay: boolean): boolean {
  try {
    if (tex.length > LONGEST_CHARACTERS) return false;
    render(tex, element, {
      displayMode: isDisplay,
      output: "htmlAndMathml",
      strict: "ignore",
      trust: false,
      maxSize: 40,
      maxExpand: 500,
    });
    return true;
  } catch {
    element.replaceChildren();
    return false;
  }
}
