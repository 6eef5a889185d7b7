import type { ReactNode } from "react";

import { cx } from "@/lib/classNames";

import { Button } from "./Button";
import { Icon } from "./icons";

const tones = {
  error: "border-danger/30 bg-danger-soft text-danger",
  notice: "border-notice/25 bg-notice-soft text-notice",
  success: "border-accent/25 bg-accent-soft text-accent",
};

/** A message in place. Errors interrupt a screen reader; the rest is read when it is quiet. */
export function Alert({
  tone = "error",
  isQuiet = false,
  children,
  action,
  actions = action && (
    <Button isSmall onClick={action.run}>
      {action.label}
    </Button>
  ),
}: {
  tone?: keyof typeof tones;
  /** Said elsewhere already. */
  isQuiet?: boolean;
  children: ReactNode;
  /** The one thing that a person can do about it. */
  action?: { label: string; run: () => void };
  /** In its place: several, or others. */
  actions?: ReactNode;
}) {
  return (
    <div
      role={isQuiet ? "note" : tone === "error" ? "alert" : "status"}
      className={cx("flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border px-3.5 py-2.5 text-sm", tones[tone])}
    >
      <Icon name={tone === "success" ? "check" : tone === "notice" ? "clock" : "alert"} size={18} />
      <div className="min-w-0 flex-1 basis-40 wrap-anywhere">{children}</div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
