/** What is written in an answer stays as it means, and nothing that nobody wrote is shown: growing, and once it has ended. */
import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { Markdown } from "./Markdown";

const drawn = (text: string, isGrowing: boolean): HTMLElement => render(<Markdown text={text} isGrowing={isGrowing} />).container;

describe.each([false, true])("what is written (growing: %s)", (isGrowing) => {
  it.each([
    "2*3*4=24, 5*6*7 = 210",
    "x**2 + y**2 = z**2",
    "V = 2*width*height and 0.5*m*v",
    "中2*3*4文",
    "C:\\Users\\me\\.ssh\\_x\\~tmp",
    "C:\\Program Files\\.cache and %APPDATA%\\_old",
    "\\\\server\\share\\_data",
  ])("means what it says in %s", (text) => {
    const container = drawn(text, isGrowing);
    expect(container.querySelector("em, strong")).toBeNull();
    expect(container.textContent).toBe(text);
  });

  it.each([
    ["**Total: 2*3** and *a*b", "strong, em", ["Total: 2*3", "a"]],
    ["**2 × 3**, *x*, **1**st and **H**2O", "strong, em", ["2 × 3", "x", "1", "H"]],
    ["un*believ*able", "em", ["believ"]],
    ["k**ilo**gram, n**1** and 5**bold**", "strong", ["ilo", "1", "bold"]],
    ["**C:\\\\a\\_b** \\_c\\_", "strong", ["C:\\\\a\\_b"]],
  ])("is still emphasised in %s", (text, selector, expected) => {
    expect([...drawn(text, isGrowing).querySelectorAll(selector)].map((element) => element.textContent)).toEqual(expected);
  });

  it.each([
    "(see https://en.wikipedia.org/wiki/Foo_(bar)).",
    "`~a~` and ~~~not a fence",
    "https://example.com/_next/x and more",
  ])("gets no mark that nobody wrote: %s", (text) => {
    expect(drawn(text, isGrowing).textContent).toBe(text.replaceAll("`", ""));
  });

  it.each([
    ["Regards,\nAda\n---\nNext", "Regards,\nAda"],
    ["---\ntitle: x\ndate: y\n---\nText", "title: x\ndate: y"],
    ["one\ntwo\nthree\n\n---\nfour", "one\ntwo\nthree"],
  ])("is no heading above a rule: %j", (text, lines) => {
    const container = drawn(text, isGrowing);
    expect(container.querySelector("h2, h3")).toBeNull();
    const [first] = container.querySelectorAll("p");
    expect(first?.innerHTML).toBe(lines.replaceAll("\n", "<br>"));
  });

  it("is a list, and not its paragraph's last line, above a rule", () => {
    const container = drawn("one\ntwo\n- three\n---\nfour", isGrowing);
    expect(container.querySelector("li")?.textContent).toBe("three");
  });

  it("is both notes of a label that is used twice", () => {
    const container = drawn("A[^1]\n\n[^1]: first\n[^1]: second", isGrowing);
    expect([...container.querySelectorAll(".footnotes p")].map((note) => note.textContent)).toEqual(["first", "second"]);
  });

  it.each(["[![build](https://e.com/b.svg)](https://e.com/)", "[build[^1]](https://e.com/)\n\n[^1]: note", "[build <https://x.y> it](https://e.com/)"])("has no link in a link: %s", (text) => {
    const container = drawn(text, isGrowing);
    expect(container.querySelector("a a")).toBeNull();
    expect(container.querySelector("a")?.textContent).toMatch(/^build/u);
    expect(container.querySelector("a")?.getAttribute("href")).toBe("https://e.com/");
  });

  it("is a note without the rule below it", () => {
    const container = drawn("A[^1]\n[^1]: note\n---\nB", isGrowing);
    expect(container.querySelector("h2, h3")).toBeNull();
    expect(container.querySelector("hr")).not.toBeNull();
    expect(container.querySelector(".footnotes p")?.textContent).toBe("note");
  });

  it("is folded away under a name, the browser's own where it has none", () => {
    expect(drawn("<details>\nbody\n</details>", isGrowing).querySelector("summary")).toBeNull();
    expect(drawn("<details>\n<summary>S</summary>\nbody\n</details>", isGrowing).querySelector("summary")?.textContent).toBe("S");
  });
});

it.each([
  ["**Run `npm i", "<strong>Run <code dir=\"ltr\">npm i</code></strong>"],
  ["*a ``b", "<em>a <code dir=\"ltr\">b</code></em>"],
  ["~~was `x", "<del>was <code dir=\"ltr\">x</code></del>"],
])("code is ended before what stands around it: %s", (text, html) => {
  expect(drawn(text, true).querySelector("p")?.innerHTML).toBe(html);
});

it.each(["——后面", "—后面", "·后面", "–后面", "॥", "։", "٪ من", "﴾ص﴿"])("an address ends before %s", (behind) => {
  expect(drawn(`见 https://example.com/a${behind} x`, false).querySelector("a")?.getAttribute("href")).toBe("https://example.com/a");
});

it.each(["a–b", "a·b", "文档", "wiki/日本語"])("an address goes on with %s", (path) => {
  expect(drawn(`见 https://example.com/${path} x`, false).querySelector("a")?.textContent).toBe(`https://example.com/${path}`);
});
