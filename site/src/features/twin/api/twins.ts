/** Twins as their owners work on them: the draft, and what is done to it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ApiError, type ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { TwinDraft, TwinEntry, TwinLanguage } from "@/api/types";
import { twinTexts } from "@/i18n/twin";
import { showError } from "@/entities/errors/showError";
import { showToast } from "@/ui/toasts";

import { deleteEntry, readDraft, readTwins, restoreEntry, writeQuestions } from "./endpoints";
import { sourceErrorText, twinErrorText } from "./problems";

/** How often it is asked how far the server is. */
const POLL_MS = 2_000;

const twinsKey = ["twins"] as const;
export const draftKey = (handle: string) => [...twinsKey, "draft", handle] as const;

export function useTwins() {
  const api = useApi();
  return useQuery({ queryKey: [...twinsKey, "list"], queryFn: ({ signal }) => readTwins(api, signal), staleTime: 0 });
}

/** Whether the server is still at work on what a draft shows. */
const isUnderWay = ({ sources, suggesting, page, published_version: published }: TwinDraft): boolean =>
  sources.some(({ status }) => status === "reading") ||
  suggesting?.status === "writing" || (published !== null && page.rendered_version !== published);

/** null: there is none of this name. */
export function useDraft(handle: string) {
  const api = useApi();
  return useQuery({
    queryKey: draftKey(handle),
    queryFn: async ({ signal }) => {
      try {
        return await readDraft(api, handle, signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    // Other owners work on it, too.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? POLL_MS : false),
  });
}

/** Something that is done to a twin, which is read again then, whether it went well or not. */
export function useStep<In, Out>(handle: string, act: (api: ApiClient, handle: string, asked: In) => Promise<Out>) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (asked: In) => {
      try {
        return await act(api, handle, asked);
      } finally {
        await client.invalidateQueries({ queryKey: twinsKey });
      }
    },
  });
}

export const complain = (error: unknown): void => showError(twinErrorText(error), error);

/** Whether an owner was too late: the twin has changed since it was read. */
export const isChanged = (error: unknown): boolean => error instanceof ApiError && error.code === "changed";

/** Deletes an entry, and offers it back for as long as the server can. */
export function useDeleteEntry(handle: string): (entry: TwinEntry) => void {
  const remove = useStep(handle, deleteEntry);
  const restore = useStep(handle, restoreEntry);
  const bringBack = (id: string): void =>
    restore.mutate(id, { onSuccess: () => showToast({ text: twinTexts.now().undone, subject: id }), onError: complain });
  return ({ entry_id: id, title }) =>
    remove.mutate(id, {
      onSuccess: ({ undo_until: until }) => {
        const texts = twinTexts.now();
        showToast({
          text: texts.entries.deleted(title),
          subject: id,
          durationMs: Math.max(0, Date.parse(until) - Date.now()),
          action: { label: texts.undo, run: () => bringBack(id) },
        });
      },
      onError: complain,
    });
}

/** Has questions written from the sources; the draft says how it goes. */
export function useWrittenQuestions({ handle, suggesting }: TwinDraft) {
  const write = useStep(handle, writeQuestions);
  return {
    isWaiting: suggesting?.status === "writing" || write.isPending,
    problem: suggesting?.error ? sourceErrorText(suggesting.error) : null,
    write: (language: TwinLanguage): void => write.mutate(language, { onError: complain }),
  };
}
