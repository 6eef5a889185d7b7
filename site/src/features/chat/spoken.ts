/** What a screen reader is told of an answer: what is shown, as a text without signs; tables by their cells, code in short. */
import type { Messages } from "@/i18n";

/** After these a pause is heard. */
const BLOCKS: ReadonlySet<string> = new Set(["P", "LI", "H1", "H2", "H3", "H4", "H5", "H6", "BLOCKQUOTE", "DT", "DD", "HR", "DIV", "SUMMARY"]);
const ENDS = /[.!?…:;,。！？：；，、]["'”’»)\]]*$/u;

/** Long enough to know what an answer says; a screen reader's reader goes to the answer for the rest. */
const SPOKEN_CHARACTERS = 600;

/** The text of what was drawn of an answer; thinking, buttons and what is only seen are left out. */
export function spokenText(t: Messages, answer: ParentNode): string {
  const parts = [...answer.querySelectorAll(".prose")].filter((part) => !part.closest("details") && !part.parentElement?.closest(".prose"));
  return shortened(t, parts.map((part) => sentence(textOf(t, part))).join(" "));
}

function shortened(t: Messages, text: string): string {
  if (text.length <= SPOKEN_CHARACTERS) return text;
  const cut = text.slice(0, SPOKEN_CHARACTERS);
  // Between two words; where a script has none, not within a sign.
  const kept = cut.replace(/\s+\S*$/u, "").replace(/[\ud800-\udbff]$/u, "");
  return `${kept}… ${t.chat.moreSpoken}`;
}

function textOf(t: Messages, node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (!(node instanceof Element) || node.getAttribute("aria-hidden") === "true") return "";
  switch (node.tagName.toUpperCase()) {
    case "BUTTON":
    case "FIGCAPTION":
      return "";
    case "BR":
      return " ";
    case "IMG":
      return node.getAttribute("alt") ?? "";
    case "A":
      return linkText(node.textContent);
    case "PRE":
      return ` ${t.chat.codeSpoken(linesOf(node.textContent))} `;
    case "TABLE":
      return ` ${tableText(t, node)} `;
    case "MATH":
      return node.querySelector("annotation")?.textContent ?? node.textContent;
    default: {
      const text = [...node.childNodes].map((child) => textOf(t, child)).join("");
      return BLOCKS.has(node.tagName) ? ` ${sentence(text)} ` : text;
    }
  }
}

/** An address that stands for itself is heard by its site alone. */
function linkText(text: string): string {
  return URL.canParse(text) && /^https?:/.test(text) ? new URL(text).hostname : text;
}

const linesOf = (code: string): number => code.replace(/\n$/, "").split("\n").length;

function tableText(t: Messages, table: Element): string {
  const rows = [...table.querySelectorAll("tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) => textOf(t, cell).trim().replaceAll(/\s+/g, " ")),
  );
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return [t.chat.tableSpoken(rows.length, columns), ...rows.map((cells) => sentence(cells.filter((cell) => cell !== "").join(", ")))].join(" ");
}

/** With an end that is heard. */
function sentence(text: string): string {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain === "" || ENDS.test(plain) ? plain : `${plain}.`;
}
