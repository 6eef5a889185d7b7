/** What Markdown takes as it is, with its placeholders as citation markers. */
import type { ReactNode } from "react";

import { CitationMarker } from "../citations/CitationMarker";
import { placeholdersIn, splitAtPlaceholders } from "./placeholders";

interface MarkedTextProps {
  text: string;
  /** Without its markers. */
  isBare?: boolean;
}

export function MarkedText({ text, isBare = false }: MarkedTextProps): ReactNode {
  return splitAtPlaceholders(text).map((piece) => {
    if (typeof piece === "string") return piece;
    return isBare ? null : <CitationMarker key={piece} index={piece} />;
  });
}

/** The markers of a text alone: behind what cannot hold any. */
export function MarkersIn({ text }: { text: string }): ReactNode {
  return [...new Set(placeholdersIn(text))].map((index) => <CitationMarker key={index} index={index} />);
}
