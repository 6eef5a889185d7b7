/** What uploads hold of an attachment besides what is shown of it. */
import { createStore, type Store } from "@/lib/store";

import type { Attachment, KnownFile } from "./attachment";

export interface Held {
  store: Store<Attachment | null>;
  /** What is uploaded; undefined after a reload. */
  source: File | undefined;
  cancel: AbortController;
  /** Whether all bytes have arrived, as far as this browser knows. */
  isSent: boolean;
  /** Another tab works on it: it is only watched here. */
  isForeign: boolean;
  /** It was among the person's files before, and is not this attachment's to delete. */
  isAdopted: boolean;
  /** When its server was asked, or told of it by itself. */
  heardAtMs: number;
  /** How many answers in a row told nothing new. */
  quiet: number;
  isAsking: boolean;
}

export const newHeld = (attachment: Attachment | null): Held => ({
  store: createStore(attachment),
  source: undefined,
  cancel: new AbortController(),
  isSent: false,
  isForeign: false,
  isAdopted: false,
  heardAtMs: -Infinity,
  quiet: 0,
  isAsking: false,
});

export const saysMore = (known: KnownFile | null, next: KnownFile): boolean =>
  known?.status !== next.status || known?.pages_read !== next.pages_read;

export const isRead = (held: Held): boolean => held.store.get()?.phase === "reading";
