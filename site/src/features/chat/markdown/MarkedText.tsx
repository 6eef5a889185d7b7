/** Text in which placeholders become citation markers. */
import type { ReactNode } from "react";

import { CitationMarker } from "../citations/CitationMarker";
import { placeholdersIn, splitAtPlaceholders } from "./placeholders";

interface MarkedTextProps {
  text: string;
  /** Without its markers. */
  isBare?: boolean;
  /** What is done to the text between markers. */
  decode?: (text: string) => string;
}

export function MarkedText({ text, isBare = false, decode = asItIs }: MarkedTextProps): ReactNode {
  return splitAtPlaceholders(text).map((piece) => {
    if (typeof piece === "string") return decode(piece);
    return isBare ? null : <CitationMarker key={piece} index={piece} />;
  });
}

const asItIs = (text: string): string => text;

/** The markers of a text alone: behind what cannot hold any. */
export function MarkersIn({ text }: { text: string }): ReactNode {
  return [...new Set(placeholdersIn(text))].map((index) => <CitationMarker key={index} index={index} />);
}
