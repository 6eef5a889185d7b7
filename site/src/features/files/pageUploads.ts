/** What is uploaded from the Files page, for as long as the person is signed in: it goes on when the page is left. */
import { getLanguage, t } from "@/i18n";
import { announce } from "@/lib/announcer";
import type { Attachment } from "@/entities/files/attachment";
import { attachmentText } from "@/entities/files/fileText";
import type { Uploads } from "@/entities/files/uploads";
import { createStore, type Store } from "@/lib/store";

const stores = new WeakMap<Uploads, Store<readonly string[]>>();

/** The keys of its attachments. What has been read stands in the list and is left out here. */
export function pageUploads(uploads: Uploads): Store<readonly string[]> {
  const held = stores.get(uploads);
  if (held) return held;
  const keys = createStore<readonly string[]>([]);
  stores.set(uploads, keys);
  uploads.subscribe(() => {
    const read = keys.get().flatMap((key) => uploads.attachment(key).get() ?? []).filter(({ phase }) => phase === "ready");
    if (read.length === 0) return;
    // Its own row is gone before it could say so.
    announce(read.map(readyText).join(" "));
    const done = read.map(({ key }) => key);
    keys.set(keys.get().filter((key) => !done.includes(key)));
    uploads.forget(done);
  });
  return keys;
}

const readyText = (attachment: Attachment): string =>
  t().files.announceReady(attachment.name, attachmentText({ t: t(), language: getLanguage() }, attachment));
