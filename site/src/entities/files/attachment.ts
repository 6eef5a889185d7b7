/** A file on its way into a message, from the moment it is picked until it can be sent. Pure. */
import type { File as StoredFile } from "@/api/types";

import type { Problem } from "./problems";

/** What the server said of a file last: all of it, or what a message keeps. */
export type KnownFile = Pick<StoredFile, "file_id" | "name" | "type" | "size" | "group" | "format" | "pages"> &
  Partial<Pick<StoredFile, "status" | "pages_read" | "tokens" | "scanned" | "error" | "notes">>;

export interface Attachment {
  /** This browser's own name for it: a file has no id before the server has heard of it. */
  key: string;
  file_id: string | null;
  name: string;
  type: string;
  size: number;
  /** preparing: made smaller, or waiting for its turn. reading: all bytes are sent. */
  phase: "preparing" | "uploading" | "reading" | "ready" | "failed";
  sent_bytes: number;
  known: KnownFile | null;
  problem: Problem | null;
  canRetry: boolean;
}

export function newAttachment(key: string, { name, type, size }: { name: string; type: string; size: number }): Attachment {
  return {
    key,
    file_id: null,
    name,
    type,
    size,
    phase: "preparing",
    sent_bytes: 0,
    known: null,
    problem: null,
    canRetry: false,
  };
}

/** What stands for an attachment that nothing is known of any more: a message must not go out silently without it. */
export const lostAttachment = (key: string): Attachment => ({
  ...newAttachment(key, { name: "", type: "", size: 0 }),
  phase: "failed",
  problem: { code: "lost", message: "" },
});

/** Statuses only go on: a late frame does not put a file back that has been read. A long file may wait between its runs. */
const RANK: Readonly<Record<StoredFile["status"], number>> = { uploaded: 0, waiting: 1, reading: 1, ready: 2, failed: 2 };

export function isStale(known: KnownFile | null, next: KnownFile): boolean {
  const before = known?.status ? RANK[known.status] : 0;
  const after = next.status ? RANK[next.status] : 2;
  // One that was read again may have fewer pages than before.
  const isBeingRead = next.status !== "ready" && after === before;
  return after < before || (isBeingRead && (next.pages_read ?? 0) < (known?.pages_read ?? 0));
}

/** The attachment after the server has told something of its file. */
export function applyKnown(held: Attachment, next: KnownFile): Attachment {
  if (isStale(held.known, next)) return held;
  const attachment = { ...held, known: { ...held.known, ...next }, file_id: next.file_id, name: next.name };
  switch (next.status) {
    case "uploaded":
      return attachment;
    case "waiting":
    case "reading":
      return { ...attachment, phase: "reading", problem: null };
    case "failed":
      return { ...attachment, phase: "failed", problem: next.error ?? { code: "failed", message: "" }, canRetry: false };
    // What a message has kept was ready when it was sent.
    case "ready":
    case undefined:
      return { ...attachment, phase: "ready", problem: null };
    default:
      return next.status satisfies never;
  }
}
