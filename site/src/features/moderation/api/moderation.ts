/** Comments as the owner decides about them: the lists, and decisions that are taken back where they can be. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import type { CountedSection, Decision, ModeratedComment, ModeratedPage, Person, Section } from "@/api/types";
import {
  ban,
  decide,
  liftBan,
  postComment,
  putSection,
  readQueue,
  readSections,
  type Queue,
} from "@/entities/comments/endpoints";
import { commentErrorText } from "@/entities/comments/problems";
import { rereadComments } from "@/entities/comments/useComments";
import { commentTexts } from "@/i18n/comments";
import { showError } from "@/entities/errors/showError";
import { showToast } from "@/ui/toasts";

type Lists = InfiniteData<ModeratedPage, string | null>;

const BAN_FOLLOWS_MS = 5_000;

const queuesKey = ["moderation"] as const;
const sectionsKey = ["sections"] as const;
const writerKey = (userId: string) => ["writer", userId] as const;

/** What a writer is called by the API when it is a script with a key. */
export const isScript = (userId: string): boolean => userId.startsWith("key:");

export function useQueue(queue: Queue) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...queuesKey, queue],
    queryFn: ({ pageParam, signal }) => readQueue(api, queue, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    networkMode: "always",
    // Others write and decide meanwhile.
    staleTime: 0,
  });
}

export function useSections() {
  const api = useApi();
  return useQuery({ queryKey: sectionsKey, queryFn: ({ signal }) => readSections(api, signal), staleTime: 0 });
}

/** Who wrote, as the owner's list of people has them. */
export function useWriterOf(userId: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: writerKey(userId ?? ""),
    queryFn: ({ signal }) => api.get<Person>(`/people/${encodeURIComponent(userId ?? "")}`, { signal }),
    enabled: userId !== null && !isScript(userId),
    staleTime: 0,
  });
}

/** What takes a decision back; null: nothing does. */
const BACK: Readonly<Record<Decision, (before: ModeratedComment) => Decision | null>> = {
  approve: () => "hide",
  hide: ({ status }) => (status === "visible" ? "restore" : null),
  restore: () => "hide",
  delete: () => "restore",
};

export function useModeration() {
  const api = useApi();
  const client = useQueryClient();
  const put = (comment: ModeratedComment): void =>
    void client.setQueriesData<Lists>({ queryKey: queuesKey }, (data) => data && replaced(data, comment));
  const reread = (): void => {
    void client.invalidateQueries({ queryKey: queuesKey });
    void client.invalidateQueries({ queryKey: sectionsKey });
    rereadComments(client);
  };
  const complain = (error: unknown): void => {
    showError(toldOf(error), error);
    reread();
  };

  const act = useMutation({
    mutationFn: ({ comment, action }: { comment: ModeratedComment; action: Decision; isUndo?: boolean }) => decide(api, comment, action),
    onSuccess: (after, { comment, action, isUndo = false }) => {
      put(after);
      reread();
      const texts = commentTexts.now().moderation;
      const back = isUndo ? null : BACK[action](comment);
      showToast({
        text: texts.done[action],
        subject: comment.id,
        durationMs: 10_000,
        ...(back && { action: { label: texts.undo, run: () => act.mutate({ comment: after, action: back, isUndo: true }) } }),
      });
    },
    onError: complain,
  });
  const approveAll = useMutation({
    // One after the other, so that what fails is known by the number of those before it.
    mutationFn: async ({ comments, onProgress }: ApproveAll): Promise<number> => {
      for (const [done, comment] of comments.entries()) {
        onProgress(done);
        try {
          put(await decide(api, comment, "approve"));
        } catch (error) {
          throw new PartlyDone(done, { cause: error });
        }
      }
      return comments.length;
    },
    onSuccess: (count, { comments: [first] }) => {
      showToast({ text: commentTexts.now().moderation.approvedTheirs(first?.author?.name ?? "", count) });
    },
    onError: (error, { comments }) => {
      const done = error instanceof PartlyDone ? error.done : 0;
      showError(commentTexts.now().moderation.approvedSome(done, comments.length, toldOf(error.cause)), error.cause);
    },
    onSettled: reread,
  });
  const reply = useMutation({
    mutationFn: ({ comment, text, requestId }: { comment: ModeratedComment; text: string; requestId: string }) =>
      postComment(api, { sectionId: comment.sectionId, text, request_id: requestId, reply_to: comment.reply_to ?? comment.id }),
    onSuccess: () => {
      reread();
      showToast({ text: commentTexts.now().moderation.replied });
    },
  });
  const setBan = useMutation({
    mutationFn: ({ userId, isBanned }: { userId: string; name: string; isBanned: boolean }) => (isBanned ? ban(api, userId) : liftBan(api, userId)),
    onSuccess: (_, { userId, name, isBanned }) => {
      // Their comments follow one by one: shown as they will be, and read again once most of them are.
      if (isBanned) client.setQueriesData<Lists>({ queryKey: queuesKey }, (data) => data && hiddenOf(data, userId));
      setTimeout(reread, BAN_FOLLOWS_MS);
      void client.invalidateQueries({ queryKey: writerKey(userId) });
      const texts = commentTexts.now().moderation;
      showToast({
        text: isBanned ? texts.banned(name) : texts.lifted(name),
        subject: userId,
        durationMs: 10_000,
        ...(isBanned && { action: { label: texts.undo, run: () => setBan.mutate({ userId, name, isBanned: false }) } }),
      });
    },
    onError: complain,
  });
  return {
    act: (comment: ModeratedComment, action: Decision) => act.mutate({ comment, action }),
    approveAll,
    reply,
    setBan: (userId: string, name: string, isBanned: boolean) => setBan.mutate({ userId, name, isBanned }),
  };
}

interface ApproveAll {
  comments: readonly ModeratedComment[];
  /** Told how many are done before each of them. */
  onProgress: (done: number) => void;
}

/** Some of several were decided, then one was refused. */
class PartlyDone extends Error {
  readonly done: number;

  constructor(done: number, options: ErrorOptions) {
    super("Not all were decided.", options);
    this.done = done;
  }
}

function toldOf(error: unknown): string {
  const texts = commentTexts.now().moderation;
  const code = error instanceof ApiError ? error.code : null;
  const told = code === "changed" ? texts.changed : code === "not_found" || code === "moderated" ? texts.clash : null;
  return told ?? commentErrorText(error);
}

export function usePutSection() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (section: Section) => putSection(api, section),
    onSuccess: (section) => {
      client.setQueryData<{ sections: CountedSection[] }>(sectionsKey, (data) => data && { sections: withSection(data.sections, section) });
      void client.invalidateQueries({ queryKey: sectionsKey });
      rereadComments(client);
    },
  });
}

const withSection = (sections: CountedSection[], section: Section): CountedSection[] =>
  sections.some(({ section_id: id }) => id === section.section_id)
    ? sections.map((held) => (held.section_id === section.section_id ? { ...held, ...section } : held))
    : [...sections, { visible: 0, ...section }];

const mapComments = (data: Lists, change: (comment: ModeratedComment) => ModeratedComment): Lists => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, comments: page.comments.map(change) })),
});

const replaced = (data: Lists, comment: ModeratedComment): Lists => mapComments(data, (held) => (held.id === comment.id ? comment : held));

const hiddenOf = (data: Lists, userId: string): Lists =>
  mapComments(data, (held) => (held.user_id === userId ? { ...held, status: "hidden" } : held));

/** What may be done about a comment as it is, the first thing first. */
export function decisionsOn({ status, reports }: ModeratedComment): Decision[] {
  if (status === "held") return ["approve", "hide", "delete"];
  if (status === "hidden") return ["restore", "delete"];
  // What was reported and is well is approved, and so leaves the queue.
  return reports > 0 ? ["approve", "hide", "delete"] : ["hide", "delete"];
}
