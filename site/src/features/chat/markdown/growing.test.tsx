/** An answer while it grows: nothing half-written is shown as what it is not, and its end is what a whole reading shows. */
import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { randomly } from "@/test/random";

import { completed } from "./growing";
import { Markdown } from "./Markdown";

const ANSWERS = [
  "# 標題\n\n**注意：**请先备份~20~25度。这是**「重点」**内容：https://example.com/docs。\n\n- 一\n- 二\n",
  "Take ~5-~10 min.\nThen:\n\n```markdown\n# T\n\n```bash\nnpm i\n```\n\nEnd.\n```\n\nAfter *it*.",
  "| Op | P |\n|---|--:|\n| `x || y` | $P(A|B)$ |\n| b | c |\nRight below.\n\n> quoted\n> lines\n\n1) one\n2) two",
  "Let \\( x_{i} * w_{j} \\) be, or $a_1*b_1*c_1$:\n\n$$\na = b\n- c\n$$\n\n\\[\n\\frac{1}{2}\n\\]\n\n- In \\(y\\)\n\nIt costs $5 or $6.",
  "A claim[^1] and H<sub>2</sub>O, <kbd>Ctrl</kbd>, 5 &le; 6.\n\n<details>\n<summary>More</summary>\n\n- x\n\n</details>\n\n[^1]: The note.",
  "مرحبا **بكم** هنا\n\n- `npm i` أولا\n- second\n\nRoses\nViolets\n---\nThe [end](https://example.com \"T\") ~~no~~ <T> List<String> \\_x\\_.",
];

const htmlOf = (container: HTMLElement): string => {
  for (const formula of container.querySelectorAll(".formula")) {
    formula.replaceWith((formula.querySelector(".formula-source") ?? formula).textContent ?? "");
  }
  return container.innerHTML.replaceAll(/_r_\w+_| dir="\w+"/g, "");
};

const whole = (text: string): string => htmlOf(render(<Markdown text={text} isGrowing={false} />).container);

/** Pieces of Markdown, whole and broken, each around a word that has to be seen. */
const PIECES: readonly ((word: string) => string)[] = [
  (word) => `**${word}**`,
  (word) => `**${word}`,
  (word) => `*${word}`,
  (word) => `~${word}~`,
  (word) => `~~${word}`,
  (word) => `\`${word}\``,
  (word) => `\`\`${word}`,
  (word) => `<${word}>`,
  (word) => `</${word}>`,
  (word) => `<sub>${word}`,
  (word) => `${word}</sup>`,
  (word) => `\\( ${word}`,
  (word) => `\\(${word}_1 * 2\\)`,
  (word) => `$${word}$`,
  (word) => `$$${word}`,
  (word) => `\\[${word}\\]`,
  (word) => `[^${word}]`,
  (word) => `\n[^${word}]: ${word}\n`,
  (word) => `[${word}]`,
  (word) => `[${word}]: https://example.com`,
  (word) => `[${word}](https://example.com)`,
  (word) => `| ${word} |`,
  (word) => `\n\n| a | ${word} |\n|---|---|\n| \`x | ${word}\` | y | z |\n${word}`,
  (word) => `\n${word}\n---\n`,
  (word) => `\n> ${word}\n`,
  (word) => `\n- ${word}\n`,
  (word) => `\n- > 5 ${word}\n`,
  (word) => `\n\n\`\`\`md\n${word}\n\`\`\`sh\n${word}\n\`\`\`\n${word}\n\`\`\`\n\n`,
  (word) => `\n\n\`\`\`\n${word}\n`,
  (word) => `\n\n<details>\n<summary>${word}</summary>\n\n${word}\n`,
  (word) => `\n</details>\n${word}`,
  (word) => `\n\n$$\n${word}^2\n`,
  (word) => `\n<div>\n${word}\n</div>\n`,
  (word) => `<!-- ${word} -->`,
  (word) => ` ${word}。`,
  (word) => `\n\n    ${word}\n`,
];

describe("every word that was written", () => {
  it("is seen, however broken the Markdown around it is, while it grows and in the end", () => {
    randomly(80, (random) => {
      const count = 1 + Math.floor(random() * 9);
      const words = Array.from({ length: count }, (_, index) => `word${"abcdefghi"[index]}x`);
      const text = words.map((word) => PIECES[Math.floor(random() * PIECES.length)]?.(word)).join(random() < 0.5 ? " " : "\n");
      for (const isGrowing of [false, true]) {
        const view = render(<Markdown text={isGrowing ? `${text}\n\nEnd.` : text} isGrowing={isGrowing} />);
        const shown = view.container.textContent?.toLowerCase() ?? "";
        expect({ text, missing: words.filter((word) => !shown.includes(word)) }).toEqual({ text, missing: [] });
        view.unmount();
      }
    });
  });
});

describe("an answer that grows", () => {
  it.each(ANSWERS)("ends as a whole reading shows it: %s", (text) => {
    randomly(4, (random) => {
      const view = render(<Markdown text="" isGrowing />);
      for (let end = 0; end < text.length; ) {
        end = Math.min(text.length, end + 1 + Math.floor(random() * 7));
        view.rerender(<Markdown text={text.slice(0, end)} isGrowing />);
      }
      expect(htmlOf(view.container)).toBe(whole(text));
      view.unmount();
    });
  });

  // Formulas turn from their source to what is drawn, and notes move to the end; both are looked at elsewhere.
  it.each(ANSWERS.filter((text) => !text.includes("$$") && !text.includes("[^")))("shows no letter that does not stay, and in its order: %s", (text) => {
    const letters = (value: string | null): string => (value ?? "").replace(/[^\p{L}\p{N}]/gu, "");
    const last = letters(render(<Markdown text={text} isGrowing={false} />).container.querySelector(".prose")?.textContent ?? null);
    const view = render(<Markdown text="" isGrowing />);
    for (let end = 1; end <= text.length; end += 1) {
      view.rerender(<Markdown text={text.slice(0, end)} isGrowing />);
      const shown = letters(view.container.textContent);
      const common = [...shown].findIndex((letter, at) => letter !== last[at]);
      // The name of a fence's language or an address may be half-written, at the end alone.
      expect(common < 0 ? 0 : shown.length - common).toBeLessThanOrEqual(30);
    }
    view.unmount();
  });

  it.each([
    ["Sugar is sweet\n-", "Sugar is sweet"],
    ["Sugar is sweet\n--", "Sugar is sweet"],
    ["Code:\n``", "Code:"],
    ["A word *", "A word "],
    ["A word **", "A word "],
    ["A tag <su", "A tag "],
    ["A sign &le", "A sign "],
    ["A break \\", "A break "],
    ["A note[^", "A note"],
    ["if a <b then c", "if a <b then c"],
    ["**Bold*", "Bold"],
    ["`code", "code"],
    ["~~old", "old"],
    ["[the docs](https://exam", "the docs"],
  ])("holds back what is not decided: %j", (text, shown) => {
    const container = render(<Markdown text={text} isGrowing />).container;
    expect(container.querySelector("h2, h3, pre, hr")).toBeNull();
    expect(container.textContent?.trim()).toBe(shown.trim());
  });

  it("completes only its last line of text, and not code, nor a line that is ended", () => {
    expect(render(<Markdown text={"*a\n\n```\n**b"} isGrowing />).container.textContent).toContain("*a");
    expect(render(<Markdown text={"```md\n**b\n```sh\n**c"} isGrowing />).container.querySelector("pre")?.textContent).toBe("**b\n```sh\n**c");
    expect(completed("**H<sub>2")).toMatchObject({ shown: "**H<sub>2</sub>**", pending: "" });
    expect(completed("H<sub>2 and **b")).toMatchObject({ shown: "H<sub>2 and **b**</sub>", pending: "" });
  });
});
