import { describe, expect, it } from "vitest";

import { paragraphsOf, piecesOf, webAddress } from "./plainText";

const links = (text: string) => piecesOf(text).flatMap(({ text, href }) => (href === undefined ? [] : [text]));

describe("a text that somebody wrote", () => {
  it("has its paragraphs where lines are blank, and keeps the other ends of lines", () => {
    expect(paragraphsOf("one\ntwo\n\n \n three \n\t\nfour\n")).toEqual(["one\ntwo", "three", "four"]);
    expect(paragraphsOf(" \n\n ")).toEqual([]);
  });

  it.each([
    ["see https://example.org/a, or not", ["https://example.org/a"]],
    ["(https://example.org/a_(b))", ["https://example.org/a_(b)"]],
    ["[x](http://example.org/?q=1#z).", ["http://example.org/?q=1#z"]],
    ["“https://example.org/é”…", ["https://example.org/é"]],
    ["**https://example.org/**", ["https://example.org/"]],
    ["HTTPS://EXAMPLE.ORG!", ["HTTPS://EXAMPLE.ORG"]],
    ["https://a.example\u202egpj.exe", ["https://a.example"]],
    ["https://a.example\u200b/b", ["https://a.example"]],
    ["javascript:alert(1) data:text/html,x //example.org ftp://a.b mailto:a@b.c", []],
    ["https://user:secret@example.org/", []],
    ["https://", []],
    ["<a href='https://example.org/'>x</a>", ["https://example.org/"]],
  ])("links %j", (text, found) => {
    expect(links(text)).toEqual(found);
  });

  it("loses nothing of what it takes apart", () => {
    const text = "a https://b.example/c, <b>d</b> (http://e.example) javascript:f 👩‍👩‍👧 z̸͎͌ https://g:h@i.example";
    expect(piecesOf(text).map((piece) => piece.text).join("")).toBe(text);
  });

  it("is taken apart in time that grows with it alone", () => {
    const text = `${"https://a.example/(".repeat(50)}${")".repeat(1_000)}${".".repeat(900)}`;
    expect(piecesOf(text).map((piece) => piece.text).join("")).toBe(text);
  });
});

it.each([
  ["https://example.org", "https://example.org/"],
  ["http://example.org:8080/a?b#c", "http://example.org:8080/a?b#c"],
  ["javascript:alert(1)", null],
  ["https://a:b@example.org", null],
  ["/relative", null],
  ["", null],
])("the web's address in %j is %j", (text, address) => {
  expect(webAddress(text)).toBe(address);
});
