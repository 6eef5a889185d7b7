import type { Messages } from "@/i18n";
import { locatorText } from "@/entities/files/locator";

import { replacePlaceholders } from "../markdown/placeholders";
import type { CitedAnswer } from "./parts";

/** An answer's Markdown as it is copied: its markers as [1], what they stand for at the end. */
export function copyText(t: Messages, { parts, markers, sources }: CitedAnswer): string {
  const numbered = (index: number): string => `[${markers[index]?.source.number ?? "?"}]`;
  const texts = parts.flatMap((part) => (part.type === "text" ? [replacePlaceholders(part.text, numbered).trim()] : []));
  const notes = sources.map(({ number, citation }) => `[${number}] ${citation.name}, ${locatorText(t, citation.locator)}`);
  return [...texts, notes.join("\n")].filter(Boolean).join("\n\n");
}
