/** Files as the server keeps them: the calls that more than one feature needs. */
import type { ApiClient } from "@/api/client";
import type { File as StoredFile, FileDetail, UploadTarget } from "@/api/types";

export const filePath = (fileId: string): string => `/files/${encodeURIComponent(fileId)}`;

export interface FileEndpoints {
  create(file: { name: string; size: number; type: string }): Promise<{ file: StoredFile; upload: UploadTarget | null }>;
  get(fileId: string): Promise<FileDetail>;
  delete(fileId: string): Promise<unknown>;
}

export const fileEndpoints = (api: ApiClient): FileEndpoints => ({
  create: (file) => api.post("/files", file),
  get: (fileId) => api.get(filePath(fileId)),
  delete: (fileId) => api.delete(filePath(fileId)),
});

export const conversationFilesPath = (conversationId: string): string => `/conversations/${encodeURIComponent(conversationId)}/files`;

/** The queries of all lists of a person's files. */
export const fileListsKey = ["files"] as const;

/** The queries of all conversations' files, and of one's. */
export const conversationFilesKeys = ["conversation-files"] as const;
export const conversationFilesKey = (conversationId: string) => [...conversationFilesKeys, conversationId] as const;

/** The queries of a file that is looked at, and of its pages. */
export const sourceKey = (fileId: string) => ["source", fileId] as const;
export const sourceImageKey = (fileId: string) => [...sourceKey(fileId), "image"] as const;
export const sourcePagesKey = (fileId: string) => [...sourceKey(fileId), "page"] as const;
