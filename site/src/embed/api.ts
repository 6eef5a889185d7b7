/** What the element reads, and where it leads to. The deployment writes the stage's addresses in (`deploy/site.py`). */
import type { CommentsPage } from "@/api/types";
import { webAddress } from "@/lib/plainText";

const API_URL = "%CHATAPP_API_URL%";
const SITE_URL = "%CHATAPP_SITE_URL%";
const PAGE = 20;

/** Whether the API knows no such section. */
export class UnknownSection extends Error {}

async function read<T>(path: string, query: Record<string, string>, signal: AbortSignal): Promise<T> {
  // Without a header of its own, so that nothing is asked before it; nobody is known here, whatever the browser holds.
  const response = await fetch(`${API_URL}${path}?${new URLSearchParams(query).toString()}`, { signal, credentials: "omit" });
  if (response.status === 404 || response.status === 400) throw new UnknownSection();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}

export const readPage = (sectionId: string, cursor: string | null, signal: AbortSignal): Promise<CommentsPage> =>
  read("/commentaires", { sectionId, limit: String(PAGE), ...(cursor !== null && { cursor }) }, signal);

export async function readCount(sectionId: string, signal: AbortSignal): Promise<number | null> {
  const { counts } = await read<{ counts: Record<string, number> }>("/commentaires/counts", { sectionIds: sectionId }, signal);
  return counts[sectionId] ?? null;
}

/** The site's own page of the section, which leads back to this one. */
export function writingAddress(sectionId: string, from: string): string {
  const back = webAddress(from);
  return `${SITE_URL}/sections/${encodeURIComponent(sectionId)}${back === null ? "" : `?return=${encodeURIComponent(back)}`}`;
}
