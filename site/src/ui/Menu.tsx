/**
 * A menu button: opens below or above itself, arrow keys move, Escape and a click elsewhere close, focus returns.
 * Follows the ARIA menu-button pattern.
 */
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";

import { cx } from "@/lib/classNames";
import { placeBeside } from "@/lib/placeBeside";

import { Icon, type IconName } from "./icons";

export interface MenuItem {
  label: string;
  description?: string;
  icon?: IconName;
  /** For a choice among several: whether this one is chosen. */
  checked?: boolean;
  isDangerous?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** The accessible name of button and menu. */
  label: string;
  trigger: ReactNode;
  triggerClassName?: string;
  items: readonly MenuItem[];
}

export function Menu({ label, trigger, triggerClassName, items }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useCloseOutside(root, isOpen, () => setOpen(false));
  return (
    <div ref={root} className="relative">
      <button
        ref={button}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        className={triggerClassName}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {trigger}
      </button>
      {isOpen && <MenuList id={id} label={label} items={items} anchor={button} close={close} />}
    </div>
  );
}

type MenuListProps = Pick<MenuProps, "label" | "items"> & {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  close: () => void;
};

function MenuList({ id, label, items, anchor, close }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (list.current && anchor.current) placeBeside(list.current, anchor.current);
  }, [anchor]);
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>("[aria-checked=true]");
    (chosen ?? list.current?.querySelector<HTMLElement>("button"))?.focus();
  }, []);
  return (
    <div
      ref={list}
      id={id}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className="animate-rise fixed z-40 max-h-80 w-max max-w-[min(27rem,92vw)] min-w-44 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-float"
      onKeyDown={(event) => onMenuKey(event, close)}
    >
      {items.map((item) => (
        <MenuRow key={item.label} item={item} close={close} />
      ))}
    </div>
  );
}

function MenuRow({ item, close }: { item: MenuItem; close: () => void }) {
  const isChoice = item.checked !== undefined;
  return (
    <button
      type="button"
      role={isChoice ? "menuitemradio" : "menuitem"}
      aria-checked={isChoice ? item.checked : undefined}
      tabIndex={-1}
      className={cx(
        "flex w-full items-start gap-2.5 rounded-lg px-2.5 py-2 text-left text-sm -outline-offset-2 hover:bg-hover [@media(pointer:coarse)]:py-3",
        item.isDangerous && "text-danger",
      )}
      onClick={() => {
        close();
        item.onSelect();
      }}
    >
      {item.icon && <Icon name={item.icon} size={18} />}
      <span className="min-w-0 flex-1">
        <span className="block">{item.label}</span>
        {item.description && <span className="block text-xs text-muted">{item.description}</span>}
      </span>
      {item.checked && <Icon name="check" size={18} />}
    </button>
  );
}

function onMenuKey(event: KeyboardEvent<HTMLDivElement>, close: () => void): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    if (event.key === "Escape") event.preventDefault();
    close();
    return;
  }
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  rows.at(target % rows.length)?.focus();
}

function useCloseOutside(root: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", onPointerDown);
    window.addEventListener("resize", close);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      window.removeEventListener("resize", close);
    };
  });
}
