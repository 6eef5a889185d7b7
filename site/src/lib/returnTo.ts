/** The way back to the foreign page that a person came from, named by that page: taken for an allowed origin alone. */
import { webAddress } from "./plainText";

export interface Way {
  href: string;
  /** Where it leads, as it is said. */
  host: string;
}

/** null: nothing is named, or somewhere that the stage's owner has not allowed. */
export function wayBack(search: string, allowedOrigins: readonly string[]): Way | null {
  const href = webAddress(new URLSearchParams(search).get("return") ?? "");
  if (href === null) return null;
  const { origin, host } = new URL(href);
  return allowedOrigins.includes(origin) ? { href, host } : null;
}
