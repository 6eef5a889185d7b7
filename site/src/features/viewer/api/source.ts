/** What the viewer reads of a file. Nothing is read before it is looked at. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type RefObject } from "react";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import type { FileDetail, FilePage } from "@/api/types";
import { t as texts } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { downloadFile } from "@/entities/files/download";
import { filePath, sourceKey, sourcePagesKey } from "@/entities/files/endpoints";
import { GrowingInterval } from "@/lib/growingInterval";
import { showToast } from "@/ui/toasts";

/** Deleted, or never this person's. */
export const isMissing = (error: Error | null): boolean => error instanceof ApiError && error.status === 404;

/** A file that is still read is asked for again: its next pages come. What a socket pushes comes faster. */
export function useSourceFile(fileId: string) {
  const api = useApi();
  const [interval] = useState(() => new GrowingInterval());
  return useQuery({
    queryKey: sourceKey(fileId),
    queryFn: ({ signal }) => api.get<FileDetail>(filePath(fileId), { signal }),
    // Whether it was deleted is looked up each time it is opened.
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => interval.after(data && isBeingRead(data) ? `${data.status} ${data.pages_read}` : null),
  });
}

export const isBeingRead = ({ status }: FileDetail): boolean => status === "uploaded" || status === "waiting" || status === "reading";

/** reading: of the file, null for the one that counts. number: from 1; null: there is no page to read. isAwaited: the file is still read, so that a missing page may come. */
export function useSourcePage(fileId: string, number: number | null, reading: number | null, isAwaited: boolean) {
  const api = useApi();
  const [interval] = useState(() => new GrowingInterval());
  return useQuery({
    // The number comes last: by it a page is looked for that was missing (features/files).
    queryKey: [...sourcePagesKey(fileId), reading, number],
    queryFn: ({ signal }) => api.get<FilePage>(`${filePath(fileId)}/pages/${number}`, { query: { reading }, signal }),
    enabled: number !== null,
    refetchInterval: ({ state }) => interval.after(isAwaited && isMissing(state.error) ? String(number) : null),
  });
}

export function useDownload(fileId: string) {
  const api = useApi();
  const [isPreparing, setPreparing] = useState(false);
  const download = async (): Promise<void> => {
    setPreparing(true);
    try {
      await downloadFile(api, fileId);
    } catch (error) {
      const { deleted, downloadFailed } = texts().citations.viewer;
      const isGone = error instanceof Error && isMissing(error);
      showError(isGone ? deleted : `${downloadFailed} ${errorText(texts(), error)}`, error);
    } finally {
      setPreparing(false);
    }
  };
  return { download: () => void download(), isPreparing };
}

/** Keeps the file from its date on. Its button goes then: the focus stays in the panel. */
export function useKeeping(fileId: string, panel: RefObject<HTMLElement | null>): () => void {
  const api = useApi();
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: () => api.patch<unknown>(filePath(fileId), { kept: true }),
    onSuccess: () => {
      panel.current?.focus();
      showToast({ text: texts().retention.kept });
      return client.invalidateQueries({ queryKey: sourceKey(fileId), exact: true });
    },
    onError: (error) => showError(errorText(texts(), error), error),
  });
  return () => keep.mutate();
}
