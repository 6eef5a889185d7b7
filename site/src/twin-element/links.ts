/** Which addresses may be links: those that the published profile holds, whatever an answer says. Pure. */
import { piecesOf, webAddress, type Piece } from "@/lib/plainText";

import type { Contact, Profile } from "./types";

export function publishedLinks({ links, contact, sections }: Profile): ReadonlySet<string> {
  const urls = [...links, ...(contact ? [contact] : []), ...sections.flatMap(({ entries }) => entries)];
  return new Set(urls.flatMap(({ url }) => webAddress(url) ?? []));
}

/** A text with the links that are published in it; any other address stays text. */
export const linked = (text: string, published: ReadonlySet<string>): Piece[] =>
  piecesOf(text).map((piece) => (piece.href !== undefined && published.has(piece.href) ? piece : { text: piece.text }));

const MAIL = /^[^\s@<>"':/?&]+@[^\s@<>"':/?&]+$/;

/** The contact's address, of the web or of mail; null: it is neither. */
export function contactAddress({ url }: Contact): string | null {
  const mail = /^mailto:(.*)$/i.exec(url)?.[1];
  if (mail === undefined) return webAddress(url);
  return MAIL.test(mail) ? `mailto:${mail}` : null;
}
