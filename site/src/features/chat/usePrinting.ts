/** A conversation on paper: all of it, with its sources and with the addresses of its links. */
import { useEffect } from "react";

import { t } from "@/i18n";
import { showError } from "@/entities/errors/showError";
import { printBy } from "@/lib/printing";
import { useStable } from "@/lib/useStable";
import { showToast } from "@/ui/toasts";

/** loadAll: what the page does not hold yet; null: it holds all of the thread. */
export function usePrinting(conversationId: string | null, loadAll: (() => Promise<void>) | null): void {
  const loadsAll = useStable(() => loadAll);
  useEffect(() => {
    window.addEventListener("beforeprint", prepare);
    window.addEventListener("afterprint", putBack);
    return () => {
      window.removeEventListener("beforeprint", prepare);
      window.removeEventListener("afterprint", putBack);
    };
  }, []);
  useEffect(() => {
    // Nothing can be waited for once a browser prints: so it is asked later.
    const run = { isLoading: false, isLeft: false };
    const print = (): void => void printAll(run, loadsAll());
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isPrintKey(event) || loadsAll() === null) return;
      event.preventDefault();
      print();
    };
    const end = printBy(print);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      run.isLeft = true;
      end();
      document.removeEventListener("keydown", onKeyDown);
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- Another conversation is left, too.
  }, [conversationId, loadsAll]);
}

const isPrintKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "p" && (ctrlKey || metaKey) && !altKey && !shiftKey;

/** Once, however often it is asked for meanwhile; not at all where the conversation was left. */
async function printAll(run: { isLoading: boolean; isLeft: boolean }, loadAll: (() => Promise<void>) | null): Promise<void> {
  if (run.isLoading) return;
  run.isLoading = true;
  try {
    if (loadAll) showToast({ text: t().chat.printLoading });
    await loadAll?.();
    await drawn();
    if (!run.isLeft) window.print();
  } catch (error) {
    if (!run.isLeft) showError(t().chat.printFailed, error);
  } finally {
    run.isLoading = false;
  }
}

/** Once what came is on the page. */
const drawn = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

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
