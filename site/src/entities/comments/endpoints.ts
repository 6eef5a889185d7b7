/** Comments and sections at the API: one function a route. */
import type { ApiClient } from "@/api/client";
import type { CommentsPage, CountedSection, Decision, Me, ModeratedComment, ModeratedPage, MyComment, Section } from "@/api/types";

const PAGE = 20;

export interface NewComment {
  sectionId: string;
  text: string;
  request_id: string;
  reply_to?: string;
  /** What people do not see, and simple programs fill in. */
  website?: string;
  /** How long the writer had the form before them. */
  elapsed_ms?: number;
}

const path = (id: string): string => `/commentaires/${encodeURIComponent(id)}`;
const sectionPath = (id: string): string => `/sections/${encodeURIComponent(id)}`;

interface Read {
  signal: AbortSignal;
  /** Whoever writes sees what they did, and no answer that the browser has kept. */
  isFresh: boolean;
}

export const readComments = (api: ApiClient, sectionId: string, cursor: string | null, { signal, isFresh }: Read) =>
  api.get<CommentsPage>("/commentaires", { query: { sectionId, limit: PAGE, cursor }, isPublic: true, mayBeKept: !isFresh, signal });

export const readCounts = (api: ApiClient, sectionIds: readonly string[], { signal, isFresh }: Read) =>
  api.get<{ counts: Record<string, number> }>("/commentaires/counts", {
    query: { sectionIds: sectionIds.join(",") },
    isPublic: true,
    mayBeKept: !isFresh,
    signal,
  });

export const readMine = (api: ApiClient, sectionId: string, signal: AbortSignal) =>
  api.get<{ comments: MyComment[] }>("/commentaires/mine", { query: { sectionId }, signal });

export const postComment = (api: ApiClient, comment: NewComment): Promise<MyComment> => api.post("/commentaires", comment);
export const editComment = (api: ApiClient, id: string, text: string): Promise<MyComment> => api.patch(path(id), { text });
export const deleteComment = (api: ApiClient, id: string): Promise<{ id: string; undo_until: string }> => api.delete(path(id));
export const restoreComment = (api: ApiClient, id: string): Promise<MyComment> => api.post(`${path(id)}/restoration`);
export const reportComment = (api: ApiClient, id: string): Promise<unknown> => api.post(`${path(id)}/report`);

export const readMe = (api: ApiClient, signal?: AbortSignal): Promise<Me> => api.get("/me", signal && { signal });
export const renameMe = (api: ApiClient, display_name: string): Promise<Me> => api.patch("/me", { display_name });

export const readSections = (api: ApiClient, signal: AbortSignal): Promise<{ sections: CountedSection[] }> =>
  api.get("/sections", { signal });
export const putSection = (api: ApiClient, { section_id: id, title, url, open }: Section): Promise<Section> =>
  api.put(sectionPath(id), { title, url, open });

export interface Queue {
  state: "held" | "reported" | "all";
  userId: string | null;
}

export const readQueue = (api: ApiClient, { state, userId }: Queue, cursor: string | null, signal: AbortSignal) =>
  api.get<ModeratedPage>("/moderation/commentaires", {
    query: { state, user_id: userId, cursor },
    signal,
  });

export const decide = (api: ApiClient, { id, revision }: ModeratedComment, action: Decision): Promise<ModeratedComment> =>
  api.post(`/moderation${path(id)}`, { action, revision });

const banPath = (userId: string): string => `/moderation/bans/${encodeURIComponent(userId)}`;
export const ban = (api: ApiClient, userId: string): Promise<unknown> => api.put(banPath(userId));
export const liftBan = (api: ApiClient, userId: string): Promise<unknown> => api.delete(banPath(userId));
