/** The comments of a section as a person sees them, and what they do with their own. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import type { MyComment } from "@/api/types";
import { commentTexts } from "@/i18n/comments";
import { announce } from "@/lib/announcer";
import { showError } from "@/entities/errors/showError";
import { showToast } from "@/ui/toasts";

import {
  deleteComment,
  editComment,
  postComment,
  readComments,
  readCounts,
  readMe,
  readMine,
  renameMe,
  reportComment,
  restoreComment,
  type NewComment,
} from "./endpoints";
import { commentErrorText } from "./problems";
import { shownComments } from "./shown";

const everyKey = ["comments"] as const;
const publicKey = (sectionId: string) => [...everyKey, "public", sectionId] as const;
const countKey = (sectionId: string) => [...everyKey, "count", sectionId] as const;
const mineKey = (sectionId: string, userId: string) => [...everyKey, "mine", sectionId, userId] as const;
const meKey = (userId: string) => ["me", userId] as const;

/** Have everything that is shown of comments read again. */
export const rereadComments = (client: QueryClient): void => void client.invalidateQueries({ queryKey: everyKey });

/** userId: null for a visitor, who reads what everyone may, some seconds old at the most. */
export function useComments(sectionId: string, userId: string | null) {
  const api = useApi();
  const isFresh = userId !== null;
  const list = useInfiniteQuery({
    queryKey: publicKey(sectionId),
    queryFn: ({ pageParam, signal }) => readComments(api, sectionId, pageParam, { signal, isFresh }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const mine = useQuery({
    queryKey: mineKey(sectionId, userId ?? ""),
    queryFn: ({ signal }) => readMine(api, sectionId, signal),
    enabled: userId !== null,
    // Right from the first reading on: what is done here is written into it.
    staleTime: 5 * 60_000,
  });
  const count = useQuery({
    queryKey: countKey(sectionId),
    queryFn: async ({ signal }) => (await readCounts(api, [sectionId], { signal, isFresh })).counts[sectionId] ?? 0,
  });
  const { data, hasNextPage } = list;
  const comments = useMemo(
    () => shownComments(data?.pages.flatMap((page) => page.comments) ?? [], mine.data?.comments ?? [], !hasNextPage),
    [data, mine.data, hasNextPage],
  );
  return { list, comments, section: data?.pages[0]?.section ?? null, count: count.data ?? null };
}

export function useMe(userId: string | null) {
  const api = useApi();
  return useQuery({ queryKey: meKey(userId ?? ""), queryFn: ({ signal }) => readMe(api, signal), enabled: userId !== null, staleTime: 5 * 60_000 });
}

export function useRename(userId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => renameMe(api, name),
    onSuccess: (me) => {
      client.setQueryData(meKey(userId), me);
      rereadComments(client);
    },
  });
}

const complain = (error: unknown): void => showError(commentErrorText(error), error);

export function useCommentActions(sectionId: string, userId: string) {
  const api = useApi();
  const client = useQueryClient();
  const key = mineKey(sectionId, userId);
  const change = (changed: (comments: MyComment[]) => MyComment[]): void => {
    client.setQueryData<{ comments: MyComment[] }>(key, (data) => ({ comments: changed(data?.comments ?? []) }));
    void client.invalidateQueries({ queryKey: publicKey(sectionId) });
    void client.invalidateQueries({ queryKey: countKey(sectionId) });
  };
  const hold = (comment: MyComment): void => change((comments) => [...comments.filter(({ id }) => id !== comment.id), comment]);

  const post = useMutation({
    mutationFn: (comment: NewComment) => postComment(api, comment),
    onSuccess: (comment) => {
      hold(comment);
      const texts = commentTexts.now();
      announce(comment.status === "visible" ? texts.published : texts.publishedHeld);
    },
  });
  const edit = useMutation({
    mutationFn: ({ id, text }: { id: string; text: string }) => editComment(api, id, text),
    onSuccess: (comment) => {
      hold(comment);
      const texts = commentTexts.now();
      announce(comment.status === "held" ? texts.publishedHeld : texts.saved);
    },
  });
  const undo = useMutation({
    mutationFn: (id: string) => restoreComment(api, id),
    onSuccess: (comment) => {
      hold(comment);
      showToast({ text: commentTexts.now().undone });
    },
    onError: (error) => {
      const isOver = error instanceof ApiError && (error.status === 404 || error.status === 409);
      showError(isOver ? commentTexts.now().undoFailed : commentErrorText(error), error);
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => deleteComment(api, id),
    onSuccess: ({ id, undo_until: until }) => {
      change((comments) => comments.map((comment) => (comment.id === id ? { ...comment, status: "deleted" } : comment)));
      const texts = commentTexts.now();
      showToast({
        text: texts.deleted,
        subject: id,
        durationMs: Math.max(0, Date.parse(until) - Date.now()),
        action: { label: texts.undo, run: () => undo.mutate(id) },
      });
    },
    onError: complain,
  });
  const report = useMutation({
    mutationFn: (id: string) => reportComment(api, id),
    onSuccess: () => showToast({ text: commentTexts.now().reported }),
    onError: complain,
  });
  return { post, edit, remove: (id: string) => remove.mutate(id), report: (id: string) => report.mutate(id) };
}
