/** State that lives outside React, and how a component reads it; what has no React takes `./createStore` alone. */
import { useSyncExternalStore } from "react";

import type { Store } from "./createStore";

export { createStore, type Store } from "./createStore";

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
