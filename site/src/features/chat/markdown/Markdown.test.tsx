import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { randomly } from "@/test/random";

import { Markdown } from "./Markdown";
import { lexComplete, TailLexer } from "./tailLexer";
import { decodeEntities, safeHref } from "./text";

const html = (text: string, isGrowing = false): string => render(<Markdown text={text} isGrowing={isGrowing} />).container.innerHTML;

describe("Markdown", () => {
  it("shows HTML as text and makes no element of it", () => {
    const { container } = render(
      <Markdown
        isGrowing={false}
        text={'<script>alert(1)</script>\n\n<img src=x onerror="alert(1)">\n\nA <b onclick="x()">bold</b> <iframe src="//x"></iframe>'}
      />,
    );
    expect(container.querySelector("script, img, b, iframe")).toBeNull();
    expect(container).toHaveTextContent("<script>alert(1)</script>");
    expect(container).toHaveTextContent('<img src=x onerror="alert(1)">');
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/relative)",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
  ])("drops the link of %s and keeps its text", (source) => {
    const { container } = render(<Markdown text={source} isGrowing={false} />);
    expect(container.querySelector("a, img")).toBeNull();
    expect(container).toHaveTextContent("x");
  });

  it("opens links apart from this page", () => {
    render(<Markdown text="See [docs](https://example.com/a?b=1&c=2) or <mailto:a@example.com>" isGrowing={false} />);
    const link = screen.getByRole("link", { name: "docs" });
    expect(link).toHaveAttribute("href", "https://example.com/a?b=1&c=2");
    expect(link).toHaveAttribute("target", "_blank");
    expect(link.getAttribute("rel")).toContain("noopener");
    expect(screen.getAllByRole("link")).toHaveLength(2);
  });

  it("links images instead of loading them", () => {
    const { container } = render(<Markdown text="![A cat](https://example.com/cat.png)" isGrowing={false} />);
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getByRole("link", { name: "A cat" })).toHaveAttribute("href", "https://example.com/cat.png");
  });

  it("makes tables with headers and alignment", () => {
    render(<Markdown text={"| Name | Price |\n| :-- | --: |\n| Tea | **3** |\n| Milk<br>cold | 4 |"} isGrowing={false} />);
    const table = screen.getByRole("table");
    expect(within(table).getByRole("columnheader", { name: "Price" })).toHaveAttribute("data-align", "right");
    expect(within(table).getAllByRole("row")).toHaveLength(3);
    expect(within(table).getByText("3").tagName).toBe("STRONG");
    expect(table.querySelectorAll("br")).toHaveLength(1);
  });

  it("shows code as it is, with its language and a copy button, and colours it when the highlighter is here", async () => {
    const code = 'const a = "<b>&amp;</b>";';
    const { container } = render(<Markdown text={`\`\`\`ts\n${code}\n\`\`\``} isGrowing={false} />);
    const block = container.querySelector("pre");
    expect(block).toHaveTextContent(code);
    expect(screen.getByText("ts")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: /copy code/i })).toBeInTheDocument();
    expect((await screen.findByText("const")).className).toBe("tok-keyword");
    expect(block).toHaveTextContent(code);
    expect(container.querySelector("b")).toBeNull();
  });

  it("makes lists, tasks, quotes and headings below those of the page", () => {
    render(<Markdown text={"# Top\n\n3. three\n4. four\n\n- [x] done\n- [ ] open\n\n> quoted"} isGrowing={false} />);
    expect(screen.getByRole("heading", { level: 2, name: "Top" })).toBeInTheDocument();
    const [ordered, tasks] = screen.getAllByRole("list");
    expect(ordered).toHaveAttribute("start", "3");
    expect(tasks).toHaveTextContent("☑ [x] done");
    expect(screen.getByText("quoted").closest("blockquote")).not.toBeNull();
  });

  it("closes what is still open while an answer grows", () => {
    expect(html("A **bold", true)).toContain("<strong>bold</strong>");
    expect(render(<Markdown text={"```py\nprint(1"} isGrowing />).container.querySelector("pre")).toHaveTextContent("print(1");
    expect(html("See [the docs](https://exam", true)).not.toContain("https://exam");
  });
});

describe("TailLexer", () => {
  const source = [
    "# Title\n\nA paragraph with *emphasis* and a [link][ref].\n\n",
    "- one\n- two\n\n  still two\n\n- three\n\n",
    "```js\nconst a = 1;\n\nconst b = 2;\n```\n\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n[ref]: https://example.com\n\n",
    "Setext\n===\n\n> quote\n> more\n\nThe end with [ref] \r\nand a last line.\n",
  ].join("");

  /** What matters of tokens, without how they were cut. */
  const shape = (tokens: readonly { type: string; raw: string }[]) =>
    tokens.filter((token) => token.type !== "space").map((token) => [token.type, token.raw.trim()]);

  it("gives what a whole reading gives, however the text grows", () => {
    randomly(60, (random) => {
      const lexer = new TailLexer();
      let tokens = lexer.lexGrowing("");
      for (let end = 0; end < source.length; ) {
        end = Math.min(source.length, end + 1 + Math.floor(random() * 25));
        // A lone carriage return at the cut would be half a line break.
        if (source[end - 1] === "\r") end += 1;
        tokens = lexer.lexGrowing(source.slice(0, end));
      }
      expect(shape(tokens)).toEqual(shape(lexComplete(source)));
    });
  });

  it("keeps the tokens of finished blocks, so that they are not drawn again", () => {
    const lexer = new TailLexer();
    lexer.lexGrowing("one\n\ntwo\n\nthree\n\nfour\n\nfi");
    const before = lexer.lexGrowing("one\n\ntwo\n\nthree\n\nfour\n\nfive");
    const after = lexer.lexGrowing("one\n\ntwo\n\nthree\n\nfour\n\nfive and");
    expect(after[0]).toBe(before[0]);
    expect(after[2]).toBe(before[2]);
  });

  it("begins again when the text is another one", () => {
    const lexer = new TailLexer();
    lexer.lexGrowing("one\n\ntwo\n\nthree\n\nfour");
    expect(shape(lexer.lexGrowing("afresh"))).toEqual([["paragraph", "afresh"]]);
  });

  it("reads 100,000 characters in small steps in little time", () => {
    const lexer = new TailLexer();
    const long = "A sentence with `code` and **weight**.\n\n".repeat(2_500);
    const startedAt = performance.now();
    for (let end = 50; end <= long.length; end += 50) lexer.lexGrowing(long.slice(0, end));
    // A whole reading each time takes minutes; this takes well under a second on a quiet machine.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("text", () => {
  it("resolves character references, and no others", () => {
    expect(decodeEntities("a &amp; b &lt;c&gt; &#39;d&#x27; &euro; &unknown; &#0; &#xD800; AT&T")).toBe(
      "a & b <c> 'd' € &unknown; &#0; &#xD800; AT&T",
    );
  });

  it("lets http, https and mailto through", () => {
    expect(safeHref("https://example.com/é")).toBe("https://example.com/%C3%A9");
    expect(safeHref("mailto:a@b.c")).toBe("mailto:a@b.c");
    expect(safeHref("ftp://example.com")).toBeNull();
    expect(safeHref(" javascript:alert(1)")).toBeNull();
  });
});
