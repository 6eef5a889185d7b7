/** What Markdown's source says, as text and as addresses. No HTML is ever made of it. */
import { namedCharacter } from "./entities";

/** Resolve character references (`&amp;`, `&#39;`); unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,24}));/g, (whole, decimal, hex, name) => {
    if (typeof name === "string") return namedCharacter(name) ?? whole;
    const code = typeof decimal === "string" ? Number.parseInt(decimal, 10) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

const SAFE_PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/** An absolute address that is safe to open, or null: scripts, data and relative addresses are no links. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(decodeEntities(href));
    return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
