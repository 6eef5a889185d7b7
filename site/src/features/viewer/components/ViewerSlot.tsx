/** Where the viewer stands: nothing until a page is opened, and only then is the viewer loaded. */
import { createElement, useEffect, useState } from "react";
import { useLocation } from "wouter";

import { t as texts } from "@/i18n";
import { useStore } from "@/lib/store";
import { closeViewer, viewer } from "@/lib/viewer";
import { showError } from "@/entities/errors/showError";

import type { Viewer } from "./Viewer";

let loaded: typeof Viewer | null = null;

/** Put it as the last of the page's columns: what stands beside it is covered by it on small screens. */
export function ViewerSlot() {
  const target = useStore(viewer);
  useLoaded(target !== null);
  const [location] = useLocation();
  // Nothing of one conversation is shown beside the next, nor of one person to the next.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- With each page that is left.
  useEffect(() => closeViewer, [location]);
  return target && loaded && createElement(loaded, { target });
}

/** Draws again once the viewer is here. */
function useLoaded(isWanted: boolean): void {
  const [isLoaded, setLoaded] = useState(loaded !== null);
  useEffect(() => {
    if (isLoaded || !isWanted) return;
    const load = async (): Promise<void> => {
      loaded = (await import("./Viewer")).Viewer;
      setLoaded(true);
    };
    load().catch((error: unknown) => {
      closeViewer();
      showError(texts().citations.viewer.chunkFailed, error);
    });
  }, [isLoaded, isWanted]);
}
