/** What happens at a twin, as its owner reads it, and what they do about questions that it could not answer. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";

import { ApiError, type ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Insights, Question, QuestionChange, QuestionsPage } from "@/api/types";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { t } from "@/i18n";
import { insightsTexts } from "@/i18n/insights";
import { showToast } from "@/ui/toasts";

type Lists = InfiniteData<QuestionsPage, string | null>;
export type Status = Question["status"];
export const PERIODS = ["7", "30", "90", "365"] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const path = (handle: string): string => `/insights/${encodeURIComponent(handle)}`;
const questionsKey = (handle: string) => ["insights", handle, "questions"] as const;

/** The handles of all twins, the default one first. */
export function useHandles() {
  const api = useApi();
  return useQuery({
    queryKey: ["insights", "handles"],
    queryFn: async ({ signal }) => {
      const { twins } = await api.get<{ twins: { handle: string }[] }>("/drafts", { signal });
      return twins.map(({ handle }) => handle).toSorted((one, other) => Number(other === "me") - Number(one === "me") || one.localeCompare(other));
    },
  });
}

/** The first of so many days up to today, as days are counted: in UTC. */
export const firstDay = (period: Period, nowMs: number): string => new Date(nowMs - (Number(period) - 1) * DAY_MS).toISOString().slice(0, 10);

export function useInsights(handle: string, period: Period) {
  const api = useApi();
  return useQuery({
    queryKey: ["insights", handle, "days", period],
    queryFn: ({ signal }) => api.get<Insights>(path(handle), { query: { from: firstDay(period, Date.now()) }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

export function useQuestions(handle: string, status: Status) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...questionsKey(handle), status],
    queryFn: ({ pageParam, signal }) => api.get<QuestionsPage>(`${path(handle)}/questions`, { query: { status, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

const change = (api: ApiClient, handle: string, id: string, asked: QuestionChange): Promise<Question> =>
  api.post<Question>(`${path(handle)}/questions/${encodeURIComponent(id)}`, asked);

export function questionErrorText(error: unknown): string {
  if (error instanceof ApiError && error.code === "question_answered") return insightsTexts.now().asked.clash;
  return errorText(t(), error);
}

/** A visit that its visitor has named. Reading gives what the visitor could have downloaded. */
export function useVisitById(handle: string) {
  const api = useApi();
  const at = (id: string): string => `${path(handle)}/visits/${encodeURIComponent(id)}`;
  return { read: (id: string) => api.get<unknown>(at(id)), erase: (id: string) => api.delete<unknown>(at(id)) };
}

export function visitErrorText(error: unknown): string {
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return insightsTexts.now().visit.unknown;
  return errorText(t(), error);
}

/** toPublish: leads to where the draft is published. */
export function useQuestionActions(handle: string, toPublish: () => void) {
  const api = useApi();
  const client = useQueryClient();
  const reread = (): void => {
    void client.invalidateQueries({ queryKey: questionsKey(handle) });
    // The note stands in the draft, whoever shows that.
    void client.invalidateQueries({ queryKey: ["twins"] });
  };
  /** It leaves its list at once, before that is read again. */
  const put = (question: Question): void =>
    void client.setQueriesData<Lists>(
      { queryKey: questionsKey(handle) },
      (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, questions: page.questions.map((held) => (held.question_id === question.question_id ? question : held)) })) },
    );
  const set = useMutation({
    mutationFn: ({ question, action }: { question: Question; action: "dismiss" | "reopen" }) => change(api, handle, question.question_id, { action }),
    onMutate: ({ question, action }) => put({ ...question, status: action === "dismiss" ? "dismissed" : "open" }),
    onSuccess: (_, { question, action }) => {
      reread();
      const texts = insightsTexts.now().asked;
      showToast({
        text: action === "dismiss" ? texts.dismissed : texts.reopened,
        subject: question.question_id,
        durationMs: 10_000,
        ...(action === "dismiss" && { action: { label: texts.undo, run: () => set.mutate({ question, action: "reopen" }) } }),
      });
    },
    onError: (error) => {
      showError(questionErrorText(error), error);
      reread();
    },
  });
  const answer = useMutation({
    mutationFn: ({ question, ...note }: { question: Question; text: string; title: string }) =>
      change(api, handle, question.question_id, { action: "answer", text: note.text, ...(note.title !== "" && { title: note.title }) }),
    onSuccess: (answered) => {
      put(answered);
      reread();
      const texts = insightsTexts.now().asked;
      showToast({ text: texts.answered, subject: answered.question_id, durationMs: 15_000, action: { label: texts.toPublish, run: toPublish } });
    },
  });
  return { answer, dismiss: (question: Question) => set.mutate({ question, action: "dismiss" }), reopen: (question: Question) => set.mutate({ question, action: "reopen" }) };
}
