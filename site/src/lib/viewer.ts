/** The page of a file that is open beside the chat: whoever shows a file or a citation opens it here. */
import type { Locator } from "@/api/types";

import { createStore } from "./store";

export interface ViewerTarget {
  file_id: string;
  name: string;
  /** From 1. */
  page: number;
  locator?: Locator;
  /** What to highlight on that page. */
  quote?: string;
}

/** null: no page is open. */
export const viewer = createStore<ViewerTarget | null>(null);

export const openViewer = (target: ViewerTarget): void => viewer.set(target);

export const closeViewer = (): void => viewer.set(null);
