import { cx } from "@/lib/classNames";

/** A grey place where text is about to be. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={cx("animate-shimmer rounded-md bg-hover", className)} aria-hidden="true" />;
}
