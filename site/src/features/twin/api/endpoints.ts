/** The API of twins as their owners work on them. */
import type { ApiClient } from "@/api/client";
import type { NewTwinSource, TwinChange, TwinDraft, TwinEntry, TwinEntryText, TwinLanguage, TwinPreview, TwinSource, TwinSummary } from "@/api/types";

const pathOf = (...parts: string[]): string => ["/drafts", ...parts.map((part) => encodeURIComponent(part))].join("/");

interface Published {
  version: number;
}

export const readTwins = (api: ApiClient, signal: AbortSignal): Promise<{ twins: TwinSummary[] }> => api.get(pathOf(), { signal });
export const readDraft = (api: ApiClient, handle: string, signal: AbortSignal): Promise<TwinDraft> => api.get(pathOf(handle), { signal });
export const createTwin = (api: ApiClient, handle: string): Promise<TwinDraft> => api.put(pathOf(handle), {});
/** handle: typed by whoever deletes it. */
export const deleteTwin = (api: ApiClient, handle: string, typed: string): Promise<unknown> => api.delete(pathOf(handle), { handle: typed });
/** revision: of the draft that was read. */
export const changeTwin = (api: ApiClient, handle: string, change: TwinChange): Promise<TwinDraft> =>
  api.patch(pathOf(handle), change);

/** data: a picture in Base64. */
export const putPhoto = (api: ApiClient, handle: string, data: string): Promise<unknown> => api.put(pathOf(handle, "photo"), { data });
export const removePhoto = (api: ApiClient, handle: string): Promise<unknown> => api.delete(pathOf(handle, "photo"));

export const addSource = (api: ApiClient, handle: string, source: NewTwinSource): Promise<TwinSource> => api.post(pathOf(handle, "sources"), source);
export const removeSource = (api: ApiClient, handle: string, sourceId: string): Promise<unknown> => api.delete(pathOf(handle, "sources", sourceId));

export const addEntry = (api: ApiClient, handle: string, entry: TwinEntryText): Promise<TwinEntry> => api.post(pathOf(handle, "entries"), entry);
/** What is left out stays. */
export const editEntry = (api: ApiClient, handle: string, { entry_id: id, ...change }: Partial<TwinEntry> & { entry_id: string }): Promise<TwinEntry> =>
  api.patch(pathOf(handle, "entries", id), change);
export const deleteEntry = (api: ApiClient, handle: string, entryId: string): Promise<{ undo_until: string }> =>
  api.delete(pathOf(handle, "entries", entryId));
export const restoreEntry = (api: ApiClient, handle: string, entryId: string): Promise<TwinEntry> =>
  api.post(pathOf(handle, "entries", entryId, "restoration"));
/** entry_id: whose value is right; null: both stay. */
export const decide = (api: ApiClient, handle: string, { conflict_id: id, entry_id }: { conflict_id: string; entry_id: string | null }): Promise<unknown> =>
  api.post(pathOf(handle, "conflicts", id), { entry_id });

export const writeQuestions = (api: ApiClient, handle: string, language: TwinLanguage): Promise<unknown> => api.post(pathOf(handle, "questions"), { language });
export const preview = (api: ApiClient, handle: string): Promise<TwinPreview> => api.post(pathOf(handle, "preview"));
export const publish = (api: ApiClient, handle: string, revision: number): Promise<Published> => api.post(pathOf(handle, "publications"), { revision });
export const publishAgain = (api: ApiClient, handle: string, version: number): Promise<Published> =>
  api.post(pathOf(handle, "versions", String(version), "publication"));
