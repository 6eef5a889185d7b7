import { describe, expect, it } from "vitest";

import { day, question } from "@/test/fakeInsights";

import { daysCsv, questionsCsv, toCsv } from "./csv";

/** A reader of RFC 4180, so that what is written is judged by what comes back. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted] = [[] as string[], "", false];
  for (let at = 0; at < csv.length; at += 1) {
    const sign = csv[at] ?? "";
    if (isQuoted && sign === '"' && csv[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && sign === ",") {
      row.push(cell);
      cell = "";
    } else if (!isQuoted && sign === "\r" && csv[at + 1] === "\n") {
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
      at += 1;
    } else cell += sign;
  }
  expect([isQuoted, row, cell]).toEqual([false, [], ""]);
  return rows;
}

describe("CSV", () => {
  it.each(["plain", "a,b", 'say "hi"', "two\nlines", "two\r\nlines", "", "é à ü", "semi;colon", " blank "])("brings %j back as it was", (text) => {
    expect(parse(toCsv([[text, "next"]]))).toEqual([[text, "next"]]);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "\n=1", "＝1+1", "\u200b=1"])("has no formula of %j", (text) => {
    const [[read = ""] = []] = parse(toCsv([[text]]));
    expect(read).toBe(`'${text}`);
  });

  it("leaves numbers as they are, and what is not there empty", () => {
    expect(toCsv([[-1, 0.25, null, "end"]])).toBe("-1,0.25,,end\r\n");
  });

  it("has a line for each day, with what was counted", () => {
    const one = day({ visits: 3, questions: 2, answers: 2, unsourced: 1, up: 1, cost_usd: 0.0123, first_word: { mean_ms: 900, p50_ms: 800, p95_ms: 1_900 } });
    const rows = parse(daysCsv([{ ...one, languages: { en: 1, fr: 2 }, hosts: { "a.example": 3 } }, day({ day: "2026-11-28" })]));
    expect(rows[0]).toHaveLength(12);
    expect(rows[1]).toEqual(["2026-11-27", "3", "2", "2", "1", "1", "0", "0.0123", "800", "1900", "fr 2 en 1", "a.example 3"]);
    expect(rows[2]).toEqual(["2026-11-28", "0", "0", "0", "0", "0", "0", "0", "", "", "", ""]);
  });

  it("has no formula of a visitor’s question", () => {
    const [, row] = parse(questionsCsv([question({ text: '=HYPERLINK("https://evil.example";"click")' })]));
    expect(row?.[3]).toBe('\'=HYPERLINK("https://evil.example";"click")');
  });
});
