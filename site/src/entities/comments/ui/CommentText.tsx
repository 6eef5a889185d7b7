import { Fragment } from "react";

import { LINK_REL, paragraphsOf, piecesOf } from "@/lib/plainText";

/** What somebody wrote, as text: each paragraph in its own direction, bare web addresses as links. */
export function CommentText({ text }: { text: string }) {
  return (
    <div className="space-y-2 wrap-anywhere">
      {paragraphsOf(text).map((paragraph, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- Paragraphs have nothing else.
        <p key={at} dir="auto" className="whitespace-pre-wrap">
          {piecesOf(paragraph).map(({ text: piece, href }, index) =>
            href === undefined ? (
              // oxlint-disable-next-line react/no-array-index-key -- As above.
              <Fragment key={index}>{piece}</Fragment>
            ) : (
              // oxlint-disable-next-line react/no-array-index-key -- As above.
              <a key={index} href={href} rel={LINK_REL} target="_blank" dir="ltr" className="text-accent underline underline-offset-2">
                {piece}
              </a>
            ),
          )}
        </p>
      ))}
    </div>
  );
}
