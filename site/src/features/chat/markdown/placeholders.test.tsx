import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { citation } from "@/test/citations";
import { randomly, type Random } from "@/test/random";

import { MarkersContext } from "../citations/context";
import type { Marker } from "../citations/parts";
import { Markdown } from "./Markdown";
import { joinMarked, placeholder, placeholdersIn, replacePlaceholders, splitAtPlaceholders, type MarkedBlock } from "./placeholders";

const markers: Marker[] = Array.from({ length: 300 }, (_, index) => ({
  source: { number: index, citation: citation(index) },
  citations: [citation(index)],
}));

function Grown({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  return (
    <MarkersContext value={markers}>
      <Markdown text={text} isGrowing={isGrowing} />
    </MarkersContext>
  );
}

const drawn = (text: string): HTMLElement => render(<Grown text={text} isGrowing={false} />).container;

/** What is drawn without its markers, and the markers in reading order. */
function taken(container: HTMLElement): { html: string; numbers: number[] } {
  const numbers = [...container.querySelectorAll(".citation")].map((button) => Number(button.textContent));
  for (const place of container.querySelectorAll(".citation-place")) place.parentElement?.remove();
  // Formulas are drawn once KaTeX is here.
  for (const formula of container.querySelectorAll(".formula")) {
    formula.replaceWith((formula.querySelector(".formula-source") ?? formula).textContent ?? "");
  }
  // The ids of notes are another drawing's, and a direction may have come late.
  return { html: container.innerHTML.replaceAll("<p></p>", "").replaceAll(/_r_\w+_| dir="\w+"/g, ""), numbers };
}

const shown = (blocks: readonly MarkedBlock[]): string =>
  replacePlaceholders(joinMarked(blocks), (index) => `[${index}]`);

const source = [
  "# The title\n\nA claim with **weight.** And `code` in *it* too, see https://example.com/a?b=c.\n\n",
  "- one **bold** thing\n- two\n  - inner [link](https://example.com) text\n\n3. three\n4. four\n\n",
  "```py\nprint('x')\n---\n| a |\n```\n\nAfter it.\n\n",
  "| Name | Value |\n| :-- | --: |\n| tea | **3** |\n| milk | 4 |\n\n",
  "So \\(x_1 * y_1\\) holds[^n], and H<sub>2</sub>O too.\n\n$$\na = b\n- c\n$$\n\n| `a | b` | $P(A|B)$ |\n| --- | --- |\n| one | two |\nright below\n\n",
  "<details>\n<summary>More words</summary>\n\n- folded away\n\n</details>\n\n",
  "> quoted words\n> go on\n\n---\n\n- [ ] open task\n- [x] done task\n\nSetext title\n===\n\nThe ~~end~~ is here.\nAnd a last line.\n\n[^n]: The note here.",
].join("");

/** Where a block may end: behind a word or a sentence, with what closes it. */
const ENDS_WORD = /^[^\d][a-z.`*~)|][\s,]/;

/** The source in blocks that end behind words, some of them cited. */
function blocksOf(text: string, random: Random, isEnd: (at: number) => boolean): MarkedBlock[] {
  const blocks: MarkedBlock[] = [];
  let count = 0;
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + 1 + Math.floor(random() * 60));
    while (to < text.length && !isEnd(to)) to += 1;
    const isCited = random() < 0.6;
    blocks.push({ text: text.slice(from, to), markers: isCited ? [count++] : [] });
    from = to;
  }
  return blocks;
}

describe("placeholders", () => {
  it("are found again, whatever their number", () => {
    for (const index of [0, 9, 15, 16, 255, 4_096]) {
      const text = `a${placeholder(index)}b`;
      expect(placeholdersIn(text)).toEqual([index]);
      expect(splitAtPlaceholders(text)).toEqual(["a", index, "b"]);
      expect(replacePlaceholders(text)).toBe("ab");
    }
  });

  it("end where their key ends, whatever follows", () => {
    for (const symbol of ["7", "#7", "<#7"]) {
      const joined = joinMarked([
        { text: "Bullets:", markers: [1] },
        { text: `${symbol} one`, markers: [] },
      ]);
      expect(splitAtPlaceholders(joined)).toEqual(["Bullets:", 1, `${symbol} one`]);
      expect(taken(drawn(joined)).numbers).toEqual([1]);
    }
  });

  it("cannot be written by a model", () => {
    expect(placeholdersIn(joinMarked([{ text: `x${placeholder(3)}y`, markers: [0] }]))).toEqual([0]);
    // Nor with its key behind character references: once they are read, no placeholder is looked for.
    for (const [mark, reference] of [["<", "&lt;"], ["<", "&#x3c;"], ["#", "&#35;"]] as const) {
      const forged = placeholder(3).replace(mark, reference);
      for (const text of [`x${forged}y`, `\`${forged}\``]) {
        expect(taken(drawn(joinMarked([{ text, markers: [] }]))).numbers).toEqual([]);
      }
    }
    const unknown = placeholder(3).replace(/\d+$/, "12345");
    const joined = joinMarked([{ text: `x${unknown}y`, markers: [] }]);
    expect(drawn(joined)).toHaveTextContent(`x${unknown}y`);
    expect(taken(drawn(joined)).numbers).toEqual([]);
  });

  it.each([
    ["emphasis that ends before it", "**A claim.**", " More.", "<strong>A claim.</strong> More."],
    ["emphasis that ends behind it", "Of **one", "**s more.", "Of <strong>one</strong>s more."],
    ["struck words around it", "~~one", "~~ two", "<del>one</del> two"],
    ["an address", "See https://example.com/a", ", and", 'href="https://example.com/a"'],
    ["an address of mail", "Ask ada@example.com", " now", 'href="mailto:ada@example.com"'],
  ])("leave %s as it is", (_name, before, after, expected) => {
    const { html, numbers } = taken(drawn(joinMarked([{ text: before, markers: [7] }, { text: after, markers: [] }])));
    expect(html).toContain(expected);
    expect(html).toBe(taken(drawn(before + after)).html);
    expect(numbers).toEqual([7]);
  });
});

describe("joinMarked", () => {
  it.each<[string, MarkedBlock[], string]>([
    ["puts markers behind the last word", [{ text: "A claim. \n\n", markers: [0, 1] }, { text: "More.", markers: [] }], "A claim.[0][1] \n\nMore."],
    ["joins sentences that were cut into blocks", [{ text: "The cat", markers: [0] }, { text: " sleeps.", markers: [1] }], "The cat[0] sleeps.[1]"],
    ["into a table's last cell", [{ text: "| a | b |\n|---|---|\n| 1 | 2 |\n", markers: [0] }], "| a | b |\n|---|---|\n| 1 | 2[0] |\n"],
    ["into the header above its line", [{ text: "| a | b |\n|:--|--:|\n", markers: [0] }], "| a | b[0] |\n|:--|--:|\n"],
    ["not onto a closing fence", [{ text: "```\ncode\n```\n", markers: [0] }], "```\ncode[0]\n```\n"],
    ["not onto an opening fence", [{ text: "So:\n```py", markers: [0] }, { text: "\nx\n```", markers: [] }], "So:[0]\n```py\nx\n```"],
    ["not onto a bullet without a word", [{ text: "- one\n- ", markers: [0] }, { text: "two", markers: [1] }], "- one[0]\n- two[1]"],
    ["not onto a rule", [{ text: "words\n\n---\n", markers: [0] }], "words[0]\n\n---\n"],
    ["not onto the line below a title", [{ text: "Title\n=====\n", markers: [0] }], "Title[0]\n=====\n"],
    ["before what opens emphasis in the next block", [{ text: "One. **", markers: [0] }, { text: "Two** and", markers: [] }], "One.[0] **Two** and"],
    ["before a line break's backslash", [{ text: "one\\\n", markers: [0] }, { text: "two", markers: [] }], "one[0]\\\ntwo"],
    ["before a backslash that would escape them", [{ text: "2 \\", markers: [0] }, { text: "* 3", markers: [] }], "2 [0]\\* 3"],
    ["before a link's address", [{ text: "[one](", markers: [0] }, { text: "https://a.b)", markers: [] }], "[one[0]](https://a.b)"],
    ["before an address in brackets", [{ text: "one <https://a", markers: [0] }, { text: ".b>", markers: [] }], "one[0] <https://a.b>"],
    ["behind a number that is less than another", [{ text: "so (p <0.05).", markers: [0] }], "so (p <0.05).[0]"],
    ["with the next block when there is no line for them yet", [{ text: "# ", markers: [0] }, { text: "Title\n\nx", markers: [1] }], "# Title\n\nx[0][1]"],
    ["below what has no line for them", [{ text: "---\n", markers: [0] }], "---\n\n\n[0]"],
  ])("%s", (_name, blocks, expected) => {
    expect(shown(blocks)).toBe(expected);
  });

  it("changes nothing of what is drawn but for the markers, wherever blocks end behind words", () => {
    const plain = taken(drawn(source)).html;
    randomly(100, (random) => {
      const blocks = blocksOf(source, random, (at) => ENDS_WORD.test(source.slice(at - 2, at + 2)));
      const { html, numbers } = taken(drawn(joinMarked(blocks)));
      expect(html).toBe(plain);
      expect(numbers).toEqual(blocks.flatMap((block) => [...block.markers]));
    });
  });

  it("loses no marker, wherever blocks end", () => {
    randomly(100, (random) => {
      const blocks = blocksOf(source, random, () => true);
      const { numbers } = taken(drawn(joinMarked(blocks)));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(blocks.flatMap((block) => [...block.markers]));
    });
  });

  it("draws each marker once at any time while the answer grows, and in the end what a whole reading draws", () => {
    randomly(12, (random) => {
      const blocks = blocksOf(source, random, (at) => ENDS_WORD.test(source.slice(at - 2, at + 2)));
      const whole = taken(drawn(joinMarked(blocks)));
      const view = render(<Grown text="" isGrowing />);
      for (let count = 1; count <= blocks.length; count += 1) {
        const now = blocks.slice(0, count);
        const last = now[count - 1];
        // The end of a block comes before its citations.
        const half = last ? [...now.slice(0, -1), { text: last.text, markers: [] }] : [];
        for (const held of [half, now]) {
          view.rerender(<Grown text={joinMarked(held)} isGrowing />);
          const numbers = [...view.container.querySelectorAll(".citation")].map((button) => Number(button.textContent));
          expect(numbers).toEqual(held.flatMap((block) => [...block.markers]));
        }
      }
      view.rerender(<Grown text={joinMarked(blocks)} isGrowing={false} />);
      expect(taken(view.container)).toEqual(whole);
      view.unmount();
    });
  });
});
