/** The viewer in the browser's history, where it covers the page: Back closes it and changes nothing beneath. */
import { useEffect } from "react";

import { closeViewer } from "@/lib/viewer";

const isOwnEntry = (): boolean => (history.state as { isViewer?: boolean } | null)?.isViewer === true;

/** An entry for the viewer on top of the page's own, as long as it covers the page. */
export function useWayBack(isCovering: boolean): void {
  useEffect(() => {
    // After a reload the entry is there already.
    if (isCovering && !isOwnEntry()) history.pushState({ isViewer: true }, "");
  }, [isCovering]);
  useEffect(() => {
    window.addEventListener("popstate", closeViewer);
    return () => window.removeEventListener("popstate", closeViewer);
  }, []);
}

/** Close the viewer, and take its entry with it. */
export function leaveViewer(): void {
  if (isOwnEntry()) history.back();
  // At once: a second Escape would go back further.
  closeViewer();
}
