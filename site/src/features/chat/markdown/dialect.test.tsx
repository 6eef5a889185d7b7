/** What models write beside plain Markdown, and how it is shown: the same while it grows and once it has ended. */
import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { Markdown } from "./Markdown";

const drawn = (text: string, isGrowing = false): HTMLElement => render(<Markdown text={text} isGrowing={isGrowing} />).container;

/** What is seen, with a line for each line end and block. */
function linesOf(container: HTMLElement): string[] {
  const texts = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.parentElement?.closest("pre")) text.nodeValue = (text.nodeValue ?? "").replaceAll("\n", "⏎");
  }
  for (const br of container.querySelectorAll("br")) br.replaceWith("\n");
  for (const block of container.querySelectorAll("p, li, td, th, h2, h3, pre, summary")) block.append("\n");
  return (container.textContent ?? "").split("\n").filter((line) => line !== "");
}

const textsOf = (text: string, selector: string, isGrowing = false): (string | null)[] =>
  [...drawn(text, isGrowing).querySelectorAll(selector)].map((element) => element.textContent);

describe.each([false, true])("tildes (growing: %s)", (isGrowing) => {
  it.each([
    "It takes ~5-~10 minutes; put ~/bin:~/go/bin on the PATH.",
    "温度は20~25度、湿度は40~50%です。",
    "Fix (~2000 lines), delete (~5000 lines).",
    "a~b~c and ~one~ word, x ~ y ~ z",
    "~100 to ~200~",
    "Rate ~~ 5 and ~~ 6, or ~~~",
  ])("are text in %s", (text) => {
    const container = drawn(text, isGrowing);
    expect(container.querySelector("del")).toBeNull();
    // What may still become a mark is held back.
    expect(container.textContent).toBe(isGrowing ? text.replace(/ ~~$/u, " ") : text);
  });

  it.each([
    ["~~two~~ words", ["two"]],
    ["was ~~20~25~~ now", ["20~25"]],
    ["这是~~旧的~~新的", ["旧的"]],
    ["~~「旧」~~は ~~a `b~~c` d~~", ["「旧」", "a b~~c d"]],
    ["**~~both~~**", ["both"]],
  ])("strike two by two in %s", (text, struck) => {
    expect(textsOf(text, "del", isGrowing)).toEqual(struck);
  });
});

describe("line ends", () => {
  it.each<[string, string, string[]]>([
    ["a verse", "Roses are red,\nViolets are blue,", ["Roses are red,", "Violets are blue,"]],
    ["dialogue", "— Hello.\n— Goodbye.  \n**Ada:** Wait!", ["— Hello.", "— Goodbye.", "Ada: Wait!"]],
    ["a signature", "Kind regards,\nAda\n+33 6 12", ["Kind regards,", "Ada", "+33 6 12"]],
    ["numbered bold lines", "**1. One**\n**2. Two**\ntext", ["1. One", "2. Two", "text"]],
    ["a list's items", "- one\n  more\n- two\n  ✅ yes\n  ❌ no", ["one", "more", "two", "✅ yes", "❌ no"]],
    ["a quote", "> one\n> two", ["one", "two"]],
    ["a tree", "project/\n├── src/\n│   └── a.py\n└── b", ["project/", "├── src/", "│   └── a.py", "└── b"]],
    ["indentation", "root\n  child\n    leaf", ["root", "  child", "    leaf"]],
    ["breaks that are written twice", "one<br>\ntwo  \nthree\\\nfour", ["one", "two", "three", "four"]],
    ["several lines above a rule", "one\ntwo\n---\nthree", ["one", "two", "three"]],
    ["lines around a tag", "one\n<div>\n**two**\n</div>\nthree", ["one", "<div>", "two", "</div>", "three"]],
    ["a heading's line", "# Title\ntext\nmore", ["Title", "text", "more"]],
  ])("are kept in %s", (_name, text, lines) => {
    expect(linesOf(drawn(text))).toEqual(lines);
    expect(linesOf(drawn(`${text}\n\nEnd.`, true))).toEqual([...lines, "End."]);
  });

  it("are left to code", () => {
    expect(drawn("```\na\nb\n```").querySelector("br")).toBeNull();
    expect(drawn("`a\nb`").querySelector("code")).toHaveTextContent("a b");
  });
});

describe("scripts without blanks", () => {
  it.each([
    ["**注意：**请先备份。这是**「重点」**内容。", ["注意：", "「重点」"]],
    ["これは**重要（じゅうよう）**です。", ["重要（じゅうよう）"]],
    ["**\"중요\"**는 **'강조'**입니다", ['"중요"', "'강조'"]],
    ["**변수(variable)**를 쓰고 **100%**로", ["변수(variable)", "100%"]],
    ["**《书名》**是**“引用”**的", ["《书名》", "“引用”"]],
    ["这是**`code`**的**A.**和**B!**。", ["code", "A.", "B!"]],
    ["**สำคัญ!**ครับ", ["สำคัญ!"]],
    ["**one** two **three.** Four", ["one", "three."]],
    ["__注意：__请先备份。这是__「重点」__内容，__要__的。", ["注意：", "「重点」", "要"]],
    ["これは__重要（じゅうよう）__です。", ["重要（じゅうよう）"]],
    ["__변수(variable)__를 쓰고 __100%__로, __API__는", ["변수(variable)", "100%", "API"]],
    ["这是__`code`__的__API__和__B!__。", ["code", "API", "B!"]],
    ["__สำคัญ__ครับ, __one__ two __three.__ Four", ["สำคัญ", "one", "three."]],
  ])("have their emphasis in %s", (text, strong) => {
    expect(textsOf(text, "strong")).toEqual(strong);
    expect(textsOf(text, "strong", true)).toEqual(strong);
  });

  it.each([
    ["_注意：_请先备份。这是_「重点」_内容。", ["注意：", "「重点」"]],
    ["これは _重要_、_大切_。", ["重要", "大切"]],
    ["*注意：*请，这是*重点*内容。", ["注意：", "重点"]],
  ])("have their stress in %s", (text, stressed) => {
    expect(textsOf(text, "em")).toEqual(stressed);
    expect(textsOf(text, "em", true)).toEqual(stressed);
  });

  it.each([
    "a ** b ** c",
    "snake_case_name",
    "snake__case__name",
    "x * y * z",
    "报告_2024_最终版.pdf",
    "用户_订单_表和 _表_名",
    "会議_議事録_最終.docx",
    "한글_파일_이름",
    "报告_最终版_，旧的",
  ])("make none of %s", (text) => {
    expect(drawn(text).querySelector("em, strong")).toBeNull();
    expect(drawn(text).textContent).toBe(text);
  });

  it.each([
    ["请看 https://example.com/docs。然后继续。", "https://example.com/docs"],
    ["见https://example.com/a?b=c，谢谢", "https://example.com/a?b=c"],
    ["（https://example.com/docs）。", "https://example.com/docs"],
    ["「https://example.com」を", "https://example.com/"],
    ["https://example.com/docs를 보세요", "https://example.com/docs"],
    ["访问https://example.com然后", "https://example.com/"],
    ["https://example.com/a；b", "https://example.com/a"],
    ["«https://example.com/a»", "https://example.com/a"],
    ["راجع https://example.com/a، ثم", "https://example.com/a"],
    ["https://zh.wikipedia.org/wiki/中文 is one", "https://zh.wikipedia.org/wiki/%E4%B8%AD%E6%96%87"],
  ])("end an address where the sentence goes on: %s", (text, href) => {
    const container = drawn(text);
    expect(container.querySelector("a")).toHaveAttribute("href", href);
    expect(container.textContent).toBe(text);
  });
});

describe("direction", () => {
  it.each<[string, string, string]>([
    ["p", "مرحبا! هذا نص.", "rtl"],
    ["p", "שלום world", "rtl"],
    ["p", "Hello مرحبا", "ltr"],
    ["p", "(1) «مرحبا»", "rtl"],
    ["p", "`npm install` يثبت الحزم", "rtl"],
    ["p", "https://example.com هو الموقع", "rtl"],
    ["h2", "# العنوان", "rtl"],
    ["ul", "- العنصر الأول\n- second", "rtl"],
    ["li:last-child", "- العنصر الأول\n- second", "ltr"],
    ["li", "- [x] عنصر", "rtl"],
    ["ol", "1. ראשון\n2. שני", "rtl"],
    ["blockquote", "> نص", "rtl"],
    ["td", "| a | b |\n|---|---|\n| نص | b |", "rtl"],
    ["[role=group]", "| نص | b |\n|---|---|\n| a | b |", "rtl"],
    ["figure", "نص\n\n```\nنص\n```", "ltr"],
    ["code", "نص `كود`", "ltr"],
  ])("of %s in %s is %s", (selector, text, direction) => {
    for (const isGrowing of [false, true]) {
      expect([...drawn(text, isGrowing).querySelectorAll(selector)].at(0)).toHaveAttribute("dir", direction);
    }
  });

  it("is that of what stands around for what has no letter", () => {
    expect(drawn("| نص | b |\n|---|---|\n| 12 | b |").querySelector("td")).not.toHaveAttribute("dir");
  });
});

describe("tags", () => {
  it.each([
    ["H<sub>2</sub>O, x<sup>2</sup>", "H<sub>2</sub>O, x<sup>2</sup>"],
    ["press <kbd>Ctrl</kbd>+<kbd>C</kbd>", "press <kbd>Ctrl</kbd>+<kbd>C</kbd>"],
    ["<u>a <mark>b</mark></u>", "<u>a <mark>b</mark></u>"],
    ["x<sup>a<sup>b</sup></sup>", "x<sup>a<sup>b</sup></sup>"],
    ["**CO<SUB>2</SUB>**", "<strong>CO<sub>2</sub></strong>"],
    ["<b>**a**</b>", "<b><strong>a</strong></b>"],
    ["a<br>b<br/>c", "a<br>b<br>c"],
    ["x<sub>2", "x&lt;sub&gt;2"],
    ["x</sub>2<sup>", "x&lt;/sub&gt;2&lt;sup&gt;"],
    ['a <sub class="x">b</sub> c', 'a &lt;sub class="x"&gt;b&lt;/sub&gt; c'],
    ['a <b onclick="x()">b</b>', 'a &lt;b onclick="x()"&gt;b&lt;/b&gt;'],
    ["a List<String> and <T>, <your-name>", "a List&lt;String&gt; and &lt;T&gt;, &lt;your-name&gt;"],
    ["a <script>b</script>", "a &lt;script&gt;b&lt;/script&gt;"],
    ["a <!-- note --> b", "a &lt;!-- note --&gt; b"],
    ["a <iframe>b</iframe>", "a &lt;iframe&gt;b&lt;/iframe&gt;"],
  ])("in %s", (text, inner) => {
    expect(drawn(text).querySelector("p")?.innerHTML).toBe(inner);
  });

  it("at the beginning of a line leave the rest of it to Markdown", () => {
    expect(linesOf(drawn("<T> is **a** type\n\n<your-name>\nis `b`"))).toEqual(["<T> is a type", "<your-name>", "is b"]);
    expect(drawn("<T> is **a** type").querySelector("strong")).not.toBeNull();
  });

  it("that are open while an answer grows are shown as they will be", () => {
    expect(drawn("H<sub>2", true).querySelector("sub")).toHaveTextContent("2");
    expect(drawn("**H<sub>2", true).querySelector("strong > sub")).toHaveTextContent("2");
    expect(drawn("H<su", true)).toHaveTextContent(/^H$/);
  });

  it("fold away what stands in details", () => {
    const text = "Before\n<details>\n<summary>The **answer**</summary>\n\n- one\n- two\n\n```\n</details>\n```\n\n</details>\n\nAfter";
    const container = drawn(text);
    expect(container.querySelector("summary strong")).toHaveTextContent("answer");
    expect(container.querySelectorAll("details li")).toHaveLength(2);
    expect(container.querySelector("details")).not.toHaveTextContent("After");
    expect(drawn(text.slice(0, text.indexOf("- two")), true).querySelector("details li")).toHaveTextContent("one");
    expect(drawn("<details>\n<summary>Open</summary>\n\ntext")).toHaveTextContent("<details><summary>Open</summary>text");
  });
});

describe("characters", () => {
  it.each([
    ["5 &le; 6, &alpha;, caf&eacute;", "5 ≤ 6, α, café"],
    ["&Eacute;t&eacute; &Scaron; &ccaron; &zcaron; &odblac;", "Été Š č ž ő"],
    ["&ne; &ge; &infin; &rArr; &hearts; &check; &frac12; &sup2; &Omega; &sigmaf;", "≠ ≥ ∞ ⇒ ♥ ✓ ½ ² Ω ς"],
    ["&#233; &#xE9; &#x1F600;", "é é 😀"],
    ["&lt;b&gt; &amp;lt; AT&T &unknown; &copy", "<b> &lt; AT&T &unknown; &copy"],
    ["\\_a\\_ \\*b\\* \\# 1\\.", "_a_ *b* # 1."],
    ["#hashtag and C# #1", "#hashtag and C# #1"],
  ])("in %s", (text, shown) => {
    expect(drawn(text).textContent).toBe(shown);
  });

  it("are left to code", () => {
    expect(textsOf("`&le;` and\n\n```\n&alpha;\n```", "code")).toEqual(["&le;", "&alpha;"]);
  });
});

describe("footnotes", () => {
  it("stand below the text, each with its number and a way back", () => {
    const container = drawn("One[^b] and two[^a], and again[^b].\n\n[^a]: The *first*.\n[^b]: The second\n  goes on.\n\n    And on.\n\nThe end.");
    expect([...container.querySelectorAll(".footnote-reference")].map((sup) => sup.textContent)).toEqual(["1", "2", "1"]);
    const notes = container.querySelectorAll(".footnotes li");
    expect([...notes].map((note) => note.textContent)).toEqual(["The secondgoes on.And on.↩", "The first.↩"]);
    expect(container.querySelector(".footnotes em")).toHaveTextContent("first");
    const link = container.querySelector<HTMLAnchorElement>(".footnote-reference a");
    expect(link?.hash.slice(1)).toBe(notes[0]?.id);
    const back = notes[0]?.querySelector<HTMLAnchorElement>(".footnote-back");
    expect(container.querySelector(`[id="${back?.hash.slice(1)}"]`)).toHaveClass("footnote-reference");
    expect(container.textContent).not.toContain("[^");
    expect(container.querySelector(".prose > p:nth-of-type(2)")).toHaveTextContent("The end.");
  });

  it("keep numbers that are their labels, and have ids of their own in each answer", () => {
    const text = "A[^7] b[^3].\n\n[^3]: three\n[^7]: seven";
    const [first, second] = [drawn(text), drawn(text)];
    expect(first.querySelector(".footnote-reference")).toHaveTextContent("7");
    expect(first.querySelector(".footnotes li")).toHaveAttribute("value", "3");
    const ids = [first, second].flatMap((each) => [...each.querySelectorAll("[id]")].map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(["No note[^1] here.", "A class `[^a-z]` and [^\"] in text.", "[^1](https://example.com)"])("leave %s", (text) => {
    const container = drawn(text);
    expect(container.querySelector(".footnote-reference")).toBeNull();
    expect(container.textContent).toBe(text.replaceAll("`", "").replace(/\]\(.*/u, "").replace("[^1", text.startsWith("[") ? "^1" : "[^1"));
  });

  it("are found below a paragraph or a list without a blank line, and shown where nothing refers to them", () => {
    for (const text of ["A[^1]\n[^1]: note", "- A[^1]\n\n[^1]: note", "- A[^1]\n[^1]: note", "Text.\n\n[^1]: note"]) {
      expect(drawn(text).querySelector(".footnotes li")).toHaveTextContent(/^note/);
    }
  });

  it("are numbers from the first while an answer grows", () => {
    expect(drawn("A[^1] b", true).querySelector(".footnote-reference")).toHaveTextContent("1");
  });
});

describe("tables", () => {
  const rowsOf = (text: string): (string | null)[][] =>
    [...drawn(text).querySelectorAll("tr")].map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent));

  it.each<[string, string, string[]]>([
    ["code", "| `x || y` | logical |", ["x || y", "logical"]],
    ["code with one pipe", "| `a | b` | union |", ["a | b", "union"]],
    ["escaped pipes", "| `a \\| b` | c \\| d |", ["a | b", "c | d"]],
    ["code of two backticks", "| ``a ` | b`` | c |", ["a ` | b", "c"]],
    ["a lone backtick", "| ` | tick |", ["`", "tick"]],
    ["too few", "| a |", ["a", ""]],
    ["too many", "| a | b | c |", ["a", "b | c"]],
    ["an empty cell", "| | b |", ["", "b"]],
  ])("keep %s", (_name, row, cells) => {
    expect(rowsOf(`| A | B |\n|---|---|\n${row}`)[1]).toEqual(cells);
  });

  it("keep code in their header", () => {
    expect(rowsOf("| `a || b` | B |\n|---|---|\n| 1 | 2 |")).toEqual([["a || b", "B"], ["1", "2"]]);
  });

  it("end where a line is no row", () => {
    const container = drawn("| A | B |\n|---|--:|\n| 1 | 2 |\nText | right after.\nMore.");
    expect(container.querySelectorAll("tr")).toHaveLength(2);
    expect(linesOf(container).slice(-2)).toEqual(["Text | right after.", "More."]);
    expect(rowsOf("A | B\n--|--\n1 | 2\nno row")).toEqual([["A", "B"], ["1", "2"]]);
  });

  it("are tables from their first line on while an answer grows", () => {
    for (const text of ["| A | B", "Text:\n\n| A | B |\n", "| A | B |\n|--", "| A | B |\n|---|---|\n| 1"]) {
      expect(drawn(text, true).querySelector("th")).toHaveTextContent("A");
    }
    expect(drawn("```\n| A | B |", true).querySelector("th")).toBeNull();
  });
});

describe("fences", () => {
  const inner = "# Title\n\n```bash\nnpm i\n```\n\nEnd.";
  it.each<[string, string, string]>([
    ["a language", `\`\`\`markdown\n${inner}\n\`\`\`\n\nAfter.`, inner],
    ["no language outside", `\`\`\`\n${inner}\n\`\`\`\n\nAfter.`, inner],
    ["no language inside", "```md\nOne:\n\n```\nx\n```\n\nTwo.\n```\n\nAfter.", "One:\n\n```\nx\n```\n\nTwo."],
    ["several", "```markdown\n```js\na\n```\n```py\nb\n```\n```\n\nAfter.", "```js\na\n```\n```py\nb\n```"],
    ["tildes", "~~~md\n~~~sh\nls\n~~~\n~~~\n\nAfter.", "~~~sh\nls\n~~~"],
    ["longer ones outside", `\`\`\`\`md\n${inner}\n\`\`\`\`\n\nAfter.`, inner],
  ])("within fences: %s", (_name, text, code) => {
    for (const isGrowing of [false, true]) {
      const container = drawn(text, isGrowing);
      expect([...container.querySelectorAll("pre")].map((pre) => pre.textContent)).toEqual([code]);
      expect(container.querySelector(".prose > p")).toHaveTextContent("After.");
    }
  });

  it("are read as ever where they do not come out even", () => {
    const text = "```python\na\n```bash\nb\n```\n\nText.\n\n```js\nc\n```\n\nAfter.";
    expect(textsOf(text, "pre")).toEqual(["a\n```bash\nb", "c"]);
    expect(textsOf("```\nopen\n\nText.", "pre")).toEqual(["open\n\nText."]);
  });
});

describe("what was written", () => {
  it("stays: addresses that nothing refers to, comparisons, numbers", () => {
    expect(drawn("Sources:\n\n[1]: https://example.com/a\n\n[2]: https://example.com/b")).toHaveTextContent("[1]: https://example.com/a");
    expect(drawn("See [it][1].\n\n[1]: https://example.com/a").textContent).toBe("See it.");
    expect(linesOf(drawn("- > 25 years\n- >= 3"))).toEqual(["> 25 years", ">= 3"]);
    expect(drawn(">= 5 of them").textContent).toBe(">= 5 of them");
    expect([...drawn("2. a\n5. b\n9. c").querySelectorAll("li")].map((item) => item.value)).toEqual([2, 5, 9]);
    expect(drawn("1) a\n2) b").querySelector("ol")).toHaveAttribute("data-mark", "bracket");
  });
});
