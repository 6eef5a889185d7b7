/** References to notes, and the notes below the text, each leading to the other. */
import { createContext, use, type MouseEvent, type ReactNode } from "react";

import { useT } from "@/i18n";

import type { FootnoteToken, NumberedFootnote } from "./footnotes";
import { MarkedText, MarkersIn } from "./MarkedText";

export interface FootnotesOfText {
  /** Unique on the page: two answers may both have a note 1. */
  id: string;
  notes: ReadonlyMap<string, NumberedFootnote>;
  isGrowing: boolean;
}

export const NO_FOOTNOTES: FootnotesOfText = { id: "", notes: new Map(), isGrowing: false };
export const FootnotesContext = createContext(NO_FOOTNOTES);

const noteId = (id: string, number: number): string => `${id}-note-${number}`;
const referenceId = (id: string, number: number): string => `${id}-reference-${number}`;

interface FootnoteReferenceProps {
  label: string;
  /** What stands there when there is no such note. */
  raw: string;
  /** Without its markers and its link: inside of a link. */
  isBare: boolean;
}

export function FootnoteReference({ label, raw, isBare }: FootnoteReferenceProps): ReactNode {
  const { id, notes, isGrowing } = use(FootnotesContext);
  const note = notes.get(label);
  // The notes come last: while the text grows, a number is taken to be one's.
  if (!note && !(isGrowing && /^\d{1,3}$/u.test(label))) return <MarkedText text={raw} isBare={isBare} />;
  return (
    <>
      <sup className="footnote-reference" id={note && referenceId(id, note.number)}>
        {note && !isBare ? <ToNote id={id} number={note.number} /> : (note?.number ?? label)}
      </sup>
      {!isBare && <MarkersIn text={raw} />}
    </>
  );
}

function ToNote({ id, number }: { id: string; number: number }) {
  const t = useT();
  return (
    <a href={`#${noteId(id, number)}`} aria-label={t.chat.footnote(number)} onClick={goTo}>
      {number}
    </a>
  );
}

export function Footnotes({ blocks }: { blocks: (token: FootnoteToken) => ReactNode }): ReactNode {
  const t = useT();
  const { id, notes } = use(FootnotesContext);
  if (notes.size === 0) return null;
  return (
    <section aria-label={t.chat.footnotes} className="prose footnotes">
      <ol>
        {[...notes.values()].map(({ token, number, isReferenced }) => (
          <li key={number} value={number} id={noteId(id, number)} tabIndex={-1}>
            {blocks(token)}
            {isReferenced && (
              <a className="footnote-back" href={`#${referenceId(id, number)}`} aria-label={t.chat.footnoteBack(number)} onClick={goTo}>
                ↩
              </a>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Within the page: the address is the conversation's and stays. */
function goTo(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const target = document.getElementById(event.currentTarget.hash.slice(1));
  target?.scrollIntoView({ block: "center" });
  (target?.querySelector<HTMLElement>(":scope > a[href^='#']:first-child") ?? target)?.focus({ preventScroll: true });
}
