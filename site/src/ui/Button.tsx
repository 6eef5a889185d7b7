import type { ButtonHTMLAttributes, Ref } from "react";

import { cx } from "@/lib/classNames";

import { Icon, type IconName } from "./icons";

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

const variants = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong disabled:bg-line disabled:text-muted disabled:hover:bg-line",
  secondary: "border border-line bg-raised text-ink hover:bg-hover disabled:opacity-60",
  quiet: "text-muted hover:bg-hover hover:text-ink disabled:opacity-60",
  danger: "border border-danger/40 text-danger hover:bg-danger-soft disabled:opacity-60",
};

export interface ButtonProps extends Native {
  variant?: keyof typeof variants;
  icon?: IconName;
  isSmall?: boolean;
}

export function Button({ variant = "secondary", icon, isSmall, className, children, ...native }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        "inline-flex items-center justify-center gap-2 rounded-xl font-medium transition-colors disabled:cursor-not-allowed",
        isSmall ? "min-h-8 px-2.5 text-sm [@media(pointer:coarse)]:min-h-11" : "min-h-11 px-4 text-[0.9375rem]",
        variants[variant],
        className,
      )}
      {...native}
    >
      {icon && <Icon name={icon} size={isSmall ? 16 : 20} />}
      {children}
    </button>
  );
}

/** Of small buttons, when a finger has to meet them. */
export const TOUCHABLE = "[@media(pointer:coarse)]:size-11";

const sizes = { small: `size-8 ${TOUCHABLE}`, medium: `size-9 ${TOUCHABLE}`, large: "size-11" };

export interface IconButtonProps extends Native {
  icon: IconName;
  /** The accessible name, shown as a tooltip too. */
  label: string;
  size?: keyof typeof sizes;
  variant?: keyof typeof variants;
}

export function IconButton({ icon, label, size = "medium", variant = "quiet", className, ...native }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        "inline-grid shrink-0 place-items-center rounded-lg transition-colors disabled:cursor-not-allowed",
        sizes[size],
        variants[variant],
        className,
      )}
      {...native}
    >
      <Icon name={icon} size={size === "small" ? 16 : 20} />
    </button>
  );
}
