import { describe, expect, it } from "vitest";

import { wayBack } from "./returnTo";

const allowed = ["https://portfolio.example", "http://127.0.0.1:8080"];
const back = (address: string) => wayBack(`?return=${encodeURIComponent(address)}`, allowed);

describe("the way back", () => {
  it("leads to an allowed origin, wherever in it", () => {
    expect(back("https://portfolio.example/work?a=1#comments")).toEqual({
      href: "https://portfolio.example/work?a=1#comments",
      host: "portfolio.example",
    });
    expect(back("http://127.0.0.1:8080/")?.host).toBe("127.0.0.1:8080");
  });

  it.each([
    "https://evil.example/",
    "http://portfolio.example/",
    "https://portfolio.example:8443/",
    "https://portfolio.example.evil.example/",
    "https://portfolio.example@evil.example/",
    "https://evil.example/#https://portfolio.example",
    "https://user:word@portfolio.example/",
    "//portfolio.example/",
    "javascript:alert(1)//https://portfolio.example",
    "blob:https://portfolio.example/0",
    "\\\\portfolio.example",
    "",
  ])("is not %j", (address) => {
    expect(back(address)).toBeNull();
  });

  it("is none where none is named", () => {
    expect(wayBack("", allowed)).toBeNull();
    expect(wayBack("?return=https://portfolio.example/", [])).toBeNull();
  });
});
