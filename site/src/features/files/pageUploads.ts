/** What is uploaded from the Files page, for as long as the person is signed in: it goes on when the page is left. */
import type { Uploads } from "@/lib/files/uploads";
import { createStore, type Store } from "@/lib/store";

const stores = new WeakMap<Uploads, Store<readonly string[]>>();

/** The keys of its attachments. What has been read stands in the list and is left out here. */
export function pageUploads(uploads: Uploads): Store<readonly string[]> {
  const held = stores.get(uploads);
  if (held) return held;
  const keys = createStore<readonly string[]>([]);
  stores.set(uploads, keys);
  uploads.subscribe(() => {
    const done = keys.get().filter((key) => uploads.attachment(key).get()?.phase === "ready");
    if (done.length === 0) return;
    keys.set(keys.get().filter((key) => !done.includes(key)));
    uploads.forget(done);
  });
  return keys;
}
