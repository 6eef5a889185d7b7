/**
 * The browser's storage that never throws: it may be full, switched off or forbidden.
 * What it holds is a convenience; nothing that matters lives only here.
 */

const PREFIX = "chatapp.";

const kept = (area: () => Storage) => ({
  get(key: string): string | null {
    try {
      return area().getItem(PREFIX + key);
    } catch {
      return null;
    }
  },

  set(key: string, value: string): void {
    try {
      area().setItem(PREFIX + key, value);
    } catch {
      // Full or forbidden: the page goes on with what it holds in memory.
    }
  },

  remove(key: string): void {
    try {
      area().removeItem(PREFIX + key);
    } catch {
      // As above.
    }
  },

  /** Keys under a prefix, without this site's own prefix. */
  keys(prefix: string): string[] {
    try {
      return Object.keys(area())
        .filter((key) => key.startsWith(PREFIX + prefix))
        .map((key) => key.slice(PREFIX.length));
    } catch {
      return [];
    }
  },
});

/** Of this tab alone, until it is closed. */
export const tabStorage = kept(() => sessionStorage);

export const storage = {
  ...kept(() => localStorage),

  /** Told of what other tabs change, a value at a time; null: there is none. Returns what ends it. */
  watch(onChange: (key: string, before: string | null, after: string | null) => void): () => void {
    const listener = ({ key, oldValue, newValue }: StorageEvent): void => {
      if (key?.startsWith(PREFIX)) onChange(key.slice(PREFIX.length), oldValue, newValue);
    };
    window.addEventListener("storage", listener);
    return () => window.removeEventListener("storage", listener);
  },
};
