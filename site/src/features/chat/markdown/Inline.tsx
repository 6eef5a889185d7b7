import type { MarkedToken, Token } from "marked";
import type { ReactNode } from "react";

import { useT } from "@/i18n";

import { decodeEntities, safeHref } from "./text";

/** Elements keyed by position, which is the identity of a part of a text that only grows. */
export const keyed = <T,>(items: readonly T[], render: (item: T, key: number) => ReactNode): ReactNode[] =>
  items.map((item, index) => render(item, index));

export function Inline({ tokens }: { tokens: readonly Token[] | undefined }): ReactNode {
  return keyed(tokens ?? [], (token, key) => <InlineToken key={key} token={token} />);
}

function InlineToken({ token }: { token: Token }): ReactNode {
  const known = token as MarkedToken;
  switch (known.type) {
    case "text":
      return known.tokens ? <Inline tokens={known.tokens} /> : decodeEntities(known.text);
    case "escape":
      return known.text;
    case "strong":
      return (
        <strong>
          <Inline tokens={known.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={known.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={known.tokens} />
        </del>
      );
    case "codespan":
      return <code>{known.text}</code>;
    case "br":
      return <br />;
    case "link":
      return (
        <SafeLink href={known.href}>
          <Inline tokens={known.tokens} />
        </SafeLink>
      );
    case "image":
      return <ImageLink href={known.href} alt={known.text} />;
    case "html":
      // A line break is the one tag that tables cannot do without.
      return /^<br\s*\/?>$/i.test(known.raw) ? <br /> : known.raw;
    default:
      return token.raw;
  }
}

function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  const safe = safeHref(href);
  if (safe === null) return children;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Images elsewhere are not loaded: that would tell their server who reads. They become links. */
function ImageLink({ href, alt }: { href: string; alt: string }) {
  const t = useT();
  return <SafeLink href={href}>{alt || t.chat.imageLink}</SafeLink>;
}
