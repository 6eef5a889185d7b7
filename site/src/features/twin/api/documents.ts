/** Documents on their way into a twin: uploaded like any file, and named as a source once they were read. Goes on when the page is left. */
import type { QueryClient } from "@tanstack/react-query";

import type { ApiClient } from "@/api/client";
import type { Uploads } from "@/entities/files/uploads";
import { createStore, type Store } from "@/lib/store";

import { addSource } from "./endpoints";
import { complain, draftKey } from "./twins";

export interface Document {
  /** The attachment's. */
  key: string;
  handle: string;
  kind: "cv" | "linkedin_pdf";
}

const stores = new WeakMap<Uploads, Store<readonly Document[]>>();

/** What is on its way, to all twins. */
export function documentsOf(uploads: Uploads, api: ApiClient, client: QueryClient): Store<readonly Document[]> {
  const held = stores.get(uploads);
  if (held) return held;
  const documents = createStore<readonly Document[]>([]);
  stores.set(uploads, documents);
  const name = async ({ handle, kind }: Document, fileId: string): Promise<void> => {
    try {
      await addSource(api, handle, { kind, file_id: fileId });
    } catch (error) {
      complain(error);
    }
    await client.invalidateQueries({ queryKey: draftKey(handle) });
  };
  uploads.subscribe(() => {
    for (const document of documents.get()) {
      const attachment = uploads.attachment(document.key).get();
      if (attachment?.phase !== "ready" || attachment.file_id === null) continue;
      documents.set(documents.get().filter((other) => other !== document));
      uploads.forget([document.key]);
      void name(document, attachment.file_id);
    }
  });
  return documents;
}
