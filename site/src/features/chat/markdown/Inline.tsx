import type { MarkedToken, Token } from "marked";
import type { ReactNode } from "react";

import { useT } from "@/i18n";

import { CitationMarker } from "../citations/CitationMarker";
import { FootnoteReference } from "./FootnoteSection";
import type { FootnoteReferenceToken } from "./footnotes";
import { Formula } from "./Formula";
import { isLineBreak, withElements, type ElementToken } from "./inlineHtml";
import type { FormulaToken, SourceToken } from "./lexer";
import { MarkedText, MarkersIn } from "./MarkedText";
import { replacePlaceholders, type MarkerToken } from "./placeholders";
import { decodeEntities, safeHref } from "./text";

/** Elements keyed by position, which is the identity of a part of a text that only grows. */
export const keyed = <T,>(items: readonly T[], render: (item: T, key: number) => ReactNode): ReactNode[] =>
  items.map((item, index) => render(item, index));

interface InlineProps {
  tokens: readonly Token[] | undefined;
  /** Without citation markers: inside of a link, whose own stand behind it. */
  isBare?: boolean;
}

export function Inline({ tokens, isBare = false }: InlineProps): ReactNode {
  return keyed(withElements(tokens ?? []), (token, key) => <InlineToken key={key} token={token} isBare={isBare} />);
}

function InlineToken({ token, isBare }: { token: Token; isBare: boolean }): ReactNode {
  const known = token as MarkedToken | MarkerToken | ElementToken | FormulaToken | FootnoteReferenceToken | SourceToken;
  switch (known.type) {
    case "marker":
      return isBare ? null : <CitationMarker index={known.index} />;
    case "text":
      return known.tokens ? <Inline tokens={known.tokens} isBare={isBare} /> : decodeEntities(known.raw);
    case "source":
      return <MarkedText text={known.text} isBare={isBare} />;
    case "escape":
      return known.text;
    case "strong":
      return (
        <strong>
          <Inline tokens={known.tokens} isBare={isBare} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={known.tokens} isBare={isBare} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={known.tokens} isBare={isBare} />
        </del>
      );
    case "element": {
      const Element = known.tag;
      return (
        <Element>
          <Inline tokens={known.tokens} isBare={isBare} />
        </Element>
      );
    }
    case "formula":
      return (
        <>
          <Formula tex={known.tex ?? known.raw} isDisplay={known.isDisplay} source={replacePlaceholders(known.raw)} />
          {!isBare && <MarkersIn text={known.raw} />}
        </>
      );
    case "footnoteReference":
      return <FootnoteReference label={known.label} raw={known.raw} isBare={isBare} />;
    case "codespan":
      return (
        <>
          <code dir="ltr">{replacePlaceholders(known.text)}</code>
          {!isBare && <MarkersIn text={known.text} />}
        </>
      );
    case "br":
      return <br />;
    case "link":
      if (isBare) return <Inline tokens={known.tokens} isBare />;
      return (
        <>
          <SafeLink href={replacePlaceholders(known.href)} title={replacePlaceholders(known.title ?? "")}>
            <Inline tokens={known.tokens} isBare />
          </SafeLink>
          <MarkersIn text={known.raw} />
        </>
      );
    case "image":
      return (
        <>
          <ImageLink href={replacePlaceholders(known.href)} alt={replacePlaceholders(known.text)} isBare={isBare} />
          {!isBare && <MarkersIn text={known.raw} />}
        </>
      );
    case "html":
      return isLineBreak(known) ? <br /> : <MarkedText text={known.raw} isBare={isBare} />;
    default:
      return <MarkedText text={token.raw} isBare={isBare} />;
  }
}

function SafeLink({ href, title, children }: { href: string; title?: string; children: ReactNode }) {
  const safe = safeHref(href);
  if (safe === null) return children;
  return (
    <a href={safe} title={title === "" ? undefined : title} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Images elsewhere are not loaded: that would tell their server who reads. They become links, within a link its text. */
function ImageLink({ href, alt, isBare }: { href: string; alt: string; isBare: boolean }) {
  const t = useT();
  if (isBare) return alt || t.chat.imageLink;
  return <SafeLink href={href}>{alt || t.chat.imageLink}</SafeLink>;
}
