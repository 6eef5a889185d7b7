/** A conversation on paper: all of it, with its sources and with the addresses of its links. */
import { useEffect } from "react";

import { t } from "@/i18n";
import { showError } from "@/entities/errors/showError";
import { useStable } from "@/lib/useStable";

/** loadAll: what the page does not hold yet; null: it holds all of the thread. */
export function usePrinting(loadAll: (() => Promise<void>) | null): void {
  const load = useStable(async () => loadAll?.());
  const isPart = loadAll !== null;
  useEffect(() => {
    window.addEventListener("beforeprint", prepare);
    window.addEventListener("afterprint", putBack);
    return () => {
      window.removeEventListener("beforeprint", prepare);
      window.removeEventListener("afterprint", putBack);
    };
  }, []);
  useEffect(() => {
    if (!isPart) return;
    // Nothing can be waited for once a browser prints: so it is asked later.
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isPrintKey(event)) return;
      event.preventDefault();
      void printAll(load);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [isPart, load]);
}

const isPrintKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "p" && (ctrlKey || metaKey) && !altKey && !shiftKey;

async function printAll(load: () => Promise<void>): Promise<void> {
  try {
    await load();
  } catch (error) {
    return showError(t().chat.printFailed, error);
  }
  // Once what came is drawn.
  requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
}

const opened = new Set<HTMLDetailsElement>();

function prepare(): void {
  for (const sources of document.querySelectorAll<HTMLDetailsElement>("details[data-printed]:not([open])")) {
    sources.open = true;
    opened.add(sources);
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".prose a[href]")) {
    const address = link.getAttribute("href") ?? "";
    if (bare(link.textContent) === bare(address)) delete link.dataset["address"];
    else link.dataset["address"] = address;
  }
}

/** As far as it can be told apart by who reads it. */
const bare = (address: string): string => address.trim().replace(/^(https?:\/\/|mailto:)/i, "").replace(/\/$/, "");

function putBack(): void {
  for (const sources of opened) sources.open = false;
  opened.clear();
}
