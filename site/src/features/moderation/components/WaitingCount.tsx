import { useLanguage } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { formatCount } from "@/lib/format";

import { useQueue } from "../api/moderation";

/** How many comments wait, as far as the queue was read: "12", "50+". It is the queue's own list, and as fresh. */
export default function WaitingCount() {
  const texts = useCommentTexts().moderation;
  const language = useLanguage();
  const { data, hasNextPage } = useQueue({ state: "held", userId: null });
  const count = data?.pages.flatMap((page) => page.comments).filter(({ status }) => status === "held").length ?? 0;
  if (count === 0) return null;
  const shown = `${formatCount(language, count)}${hasNextPage ? "+" : ""}`;
  return (
    <span className="ml-auto rounded-md bg-notice-soft px-1.5 text-xs leading-5 font-medium text-notice">
      <span aria-hidden="true">{shown}</span>
      <span className="sr-only">{texts.waiting(shown)}</span>
    </span>
  );
}
