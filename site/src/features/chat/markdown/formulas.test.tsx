import { fireEvent, render, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { inlineFormula, openFormula } from "./formulas";
import { Markdown } from "./Markdown";

const drawn = (text: string, isGrowing = false): HTMLElement => render(<Markdown text={text} isGrowing={isGrowing} />).container;

/** Once what can be drawn is drawn: the formulas as MathML has them, in order. */
async function formulas(text: string, isGrowing = false): Promise<(string | null)[]> {
  const container = drawn(text, isGrowing);
  await waitFor(() => expect(container.querySelector("annotation")).not.toBeNull());
  return [...container.querySelectorAll("annotation")].map((annotation) => annotation.textContent);
}

describe("formulas", () => {
  it.each<[string, string, string[]]>([
    ["brackets", "The roots are \\( x = \\frac{-b}{2a} \\), or \\(y\\).", ["x = \\frac{-b}{2a}", "y"]],
    ["a block", "So:\n\\[\na\n- b\n= c\n\\]\nText.", ["a\n- b\n= c"]],
    ["dollars", "So $$x_1$$ and $a*b*c$, $x$ or $n-1$.", ["x_1", "a*b*c", "x", "n-1"]],
    ["a matrix", "$$\n\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} v_{i} * w_{j} * z\n$$", ["\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} v_{i} * w_{j} * z"]],
    ["lists", "1. One:\n   $$\n   x^2\n   $$\n2. Two \\[y^2\\]\n   - \\(z_1\\)", ["x^2", "y^2", "z_1"]],
    ["tables", "| A | B |\n|---|---|\n| $P(A|B)$ | \\(|x|_2\\) |", ["P(A|B)", "|x|_2"]],
    ["emphasis", "**Let $a_1$ be** *the \\(b*c\\) of* it, **\\(x\\)**：", ["a_1", "b*c", "x"]],
    ["quotes and headings", "# On $E = mc^2$\n\n> \\[\n> a^2\n> \\]", ["E = mc^2", "a^2"]],
    ["an environment", "Then\n\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\nis it.", ["\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}"]],
    ["fences", "```math\n\\sqrt{2}\n```\n\n```latex\n\\[ \\pi \\]\n```", ["\\sqrt{2}", "\\pi"]],
    ["chemistry", "\\(\\ce{H2O}\\)", ["\\ce{H2O}"]],
    ["Chinese", "设$x$为\\(y\\)，则", ["x", "y"]],
    ["one beside an amount", "It costs $5, and $x$ is 3.", ["x"]],
  ])("are drawn in %s", async (_name, text, expected) => {
    expect(await formulas(text)).toEqual(expected);
    expect(await formulas(`${text}\n\nEnd.`, true)).toEqual(expected);
  });

  it.each([
    "It costs $5 a month, or $50 a year; $10-$20 a seat.",
    "Between $5 and $10, US$ 50, 50$ or 60$, $1,000/$2,000.",
    "Put $HOME/bin:$PATH there, $USER and $HOME$.",
    "if $a == $b then $c=$d, $_GET['a'], ${a}${b}, $(x).on($y)",
    "A price level of $$ to $$$, $$ (moderate) and $$ again.",
    "A$AP and Ke$ha, $A$1:$B$2, ^a$|^b$",
    "$user_name$ and $FOO_BAR$ and $hello world$",
    "From 5 $-6 $ to $7, A$ 8 and $9, US$ 10; $$, $$!",
    "Now **$5**, **10$** or ($5), (6$); $5, 6 € or 7$.",
    "$5 for me = $6 for you; $x",
  ])("are none in %s", async (text) => {
    const container = drawn(text);
    expect(container.querySelector(".formula")).toBeNull();
    expect(container.textContent).toBe(text.replaceAll("**", ""));
  });

  it.each([
    ["\\[1\\] and \\[sic\\], \\(optional\\) \\(see below\\)", "[1] and [sic], (optional) (see below)"],
    ["\\$5 and \\$6", "$5 and $6"],
    ["`$x$` and `\\(x\\)`", "$x$ and \\(x\\)"],
  ])("are none where marks are escaped: %s", (text, shown) => {
    expect(drawn(text).textContent).toBe(shown);
  });

  it("that KaTeX cannot draw stay letter for letter", async () => {
    const texts = ["\\( \\nonsense{x} *a* \\)", "$$\n\\left( 1\n\\\\ v_{i} * w_{j}\n$$", "\\[ \\begin{foo} _a_ \\end{foo} \\]", "```math\n\\frac{\n```"];
    const container = drawn(`${texts.join("\n\n")}\n\n$x$`);
    await waitFor(() => expect(container.querySelector("annotation")).not.toBeNull());
    expect([...container.querySelectorAll(".formula, figure")].map((element) => element.textContent).slice(0, 3)).toEqual(texts.slice(0, 3));
    expect(container.querySelector("pre")).toHaveTextContent("\\frac{");
    expect(container.querySelector("em")).toBeNull();
  });

  it("that have no end are shown as they were written", () => {
    for (const text of ["$$\nx_{1} * y_{2} \\\\ *z*", "\\[\n\\frac{a}{b} *c* *d*"]) {
      for (const isGrowing of [false, true]) expect(drawn(text, isGrowing).querySelector("p")?.textContent).toBe(text);
    }
    for (const text of ["Cut off in \\( x_{i} * y_{j} * z", "In C:\\(x86)\\a_b_c"]) expect(drawn(text).textContent).toBe(text);
    const container = drawn("$$\nx_{1}\n\nText *goes* on.");
    expect(container.querySelector("em")).toHaveTextContent("goes");
  });

  it.each(["Let \\( x_{i} * w_{j", "**Let** \\( a_b", "So $$x_1 * y", "So $x_{i} * y_", "- \\[ a * b * c"])(
    "show their source while they grow: %s",
    (text) => {
      const container = drawn(text, true);
      expect(container.querySelector("em")).toBeNull();
      expect(container.textContent).toBe(text.replaceAll("**", "").replace(/^- /u, ""));
    },
  );

  it("have what a screen reader reads, and their source for who copies them", async () => {
    const container = drawn("So \\(x^2\\).");
    await waitFor(() => expect(container.querySelector("math")).not.toBeNull());
    expect(container.querySelector(".katex-html")).toHaveAttribute("aria-hidden", "true");
    const source = container.querySelector(".formula-source");
    expect(source).toHaveTextContent("\\(x^2\\)");
    expect(source).toHaveAttribute("aria-hidden", "true");
  });
});

describe("what is copied", () => {
  it("is a formula's source, with the text around it", async () => {
    const container = drawn("So \\(x^2\\) **is**.");
    await waitFor(() => expect(container.querySelector("math")).not.toBeNull());
    const paragraph = container.querySelector("p");
    document.getSelection()?.selectAllChildren(container);
    const held = new Map<string, string>();
    const isLeftToTheBrowser = fireEvent.copy(paragraph ?? container, { clipboardData: { setData: (kind: string, data: string) => held.set(kind, data) } });
    expect(isLeftToTheBrowser).toBe(false);
    expect(held.get("text/html")).toContain("\\(x^2\\)");
    expect(held.get("text/html")).toContain("<strong>is</strong>");
    expect(held.get("text/html")).not.toContain("katex");
    expect(held.get("text/plain")).toContain("\\(x^2\\)");
    expect(document.documentElement).not.toHaveClass("copying-formulas");
  });

  it("is left to the browser without a formula", () => {
    const container = drawn("So **it** is.");
    document.getSelection()?.selectAllChildren(container);
    expect(fireEvent.copy(container.querySelector("p") ?? container)).toBe(true);
  });
});

describe("inlineFormula", () => {
  it.each<[string, string, string | undefined]>([
    ["", "$x$ y", "$x$"],
    ["US", "$x$", undefined],
    ["", "$x$5", undefined],
    ["", "$x $", undefined],
    ["", "$2x + 3 = 7$", "$2x + 3 = 7$"],
    ["", "$O(n \\log n)$", "$O(n \\log n)$"],
    ["", "$F = mass * a$", "$F = mass * a$"],
    ["", "$10^6$", "$10^6$"],
    ["", "$\\text{cost} = \\$5$", "$\\text{cost} = \\$5$"],
    ["", "$\\begin{matrix} a & b \\end{matrix}$", "$\\begin{matrix} a & b \\end{matrix}$"],
    ["", "\\(a \\) b\\)", "\\(a \\)"],
    ["", "\\[x\\]", undefined],
    ["", "\\[x = 1\\]", "\\[x = 1\\]"],
  ])("behind %j: %s", (before, text, raw) => {
    expect(inlineFormula(text, before)?.raw).toBe(raw);
  });
});

describe("openFormula", () => {
  it.each<[string, number]>([
    ["a \\( x", 2],
    ["a \\(x\\) b $$y_1", 10],
    ["`\\(` b", -1],
    ["a $5 and", -1],
    ["\\(x\\)", -1],
  ])("%s", (text, at) => {
    expect(openFormula(text)).toBe(at);
  });
});
