import type { FileDetail, FilePage } from "@/api/types";
import { unitOf, type Unit } from "@/entities/files/kinds";
import type { ViewerTarget } from "@/lib/viewer";

import { isBeingRead, isMissing, useSourceFile, useSourcePage } from "./api/source";

/** What there is to show of a file. */
export type Source =
  | { kind: "loading" | "deleted" | "image" | "failed" | "scanned" | "not-read-yet" | "no-such-page" }
  | { kind: "page"; page: FilePage }
  | { kind: "error"; error: Error; retry: () => void };

interface ShownSource {
  source: Source;
  /** What is known of its file. */
  known: FileDetail | null;
  /** null while their number is not known. */
  pages: number | null;
  unit: Unit;
  /** When the file is deleted unless it is used. */
  keptUntil: string | null;
}

/** isAsCited: a page is shown as it was read when it was cited, else as it is read now. */
export function useSource({ file_id: fileId, name, locator }: ViewerTarget, number: number, isAsCited: boolean): ShownSource {
  const file = useSourceFile(fileId);
  const known = file.data ?? null;
  const mayHavePages = known ? known.group !== "image" && known.status !== "failed" : !looksLikeImage(name);
  // What was cited stands where it was read, whatever was read of the file since.
  const reading = locator && isAsCited ? (locator.reading ?? 0) : null;
  // Beside the file, not after it: whoever opens a source waits for its text.
  const page = useSourcePage(fileId, mayHavePages ? number : null, reading, known !== null && isBeingRead(known));
  const pages = known?.pages ?? page.data?.pages ?? null;
  const retry = (): void => void Promise.all([file.refetch(), page.refetch()]);
  const source = sourceOf({ known, fileError: file.error, page: page.data ?? null, pageError: page.error, retry });
  return { source, known, pages, unit: unitOf(known ?? { name }), keptUntil: known?.kept_until ?? null };
}

/** By its name, until more is known: an image has no pages to ask for. */
const looksLikeImage = (name: string): boolean => /\.(?:png|jpe?g|webp|gif)$/i.test(name);

interface Answers {
  known: FileDetail | null;
  fileError: Error | null;
  page: FilePage | null;
  pageError: Error | null;
  retry: () => void;
}

function sourceOf({ known, fileError, page, pageError, retry }: Answers): Source {
  if (isMissing(fileError)) return { kind: "deleted" };
  if (known?.group === "image") return { kind: "image" };
  if (known?.status === "failed") return { kind: "failed" };
  if (known?.scanned && !page?.text.trim()) return { kind: "scanned" };
  if (isMissing(pageError)) return known ? { kind: isBeingRead(known) ? "not-read-yet" : "no-such-page" } : { kind: "loading" };
  if (page) return { kind: "page", page };
  const error = pageError ?? fileError;
  return error ? { kind: "error", error, retry } : { kind: "loading" };
}
