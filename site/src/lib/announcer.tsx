/** One polite live region for the whole page: finished answers and results of actions, never single tokens. */
import { useEffect } from "react";

import { createStore, useStore } from "./store";

const announcement = createStore("");

export function announce(text: string): void {
  // A repeated text would not be read again: an invisible difference makes it new.
  announcement.set(announcement.get() === text ? `${text}\u00a0` : text);
}

/** What was announced names a person's files and answers: nothing of it stays on the page after them. */
export const clearAnnouncement = (): void => announcement.set("");

export function Announcer() {
  // Who types hears no more of what was said: nothing of it is to be read again with what comes next.
  useEffect(() => {
    document.addEventListener("input", clearAnnouncement, { capture: true });
    return () => document.removeEventListener("input", clearAnnouncement, { capture: true });
  }, []);
  return (
    <div className="sr-only" role="status" aria-live="polite" aria-atomic="true">
      {useStore(announcement)}
    </div>
  );
}
