/** People as an owner manages them: endpoints, the list, and what was changed in it. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";

import { ApiError, type ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Group, Person, PersonChange } from "@/api/types";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { getLanguage, t } from "@/i18n";
import { peopleTexts } from "@/i18n/people";
import { formatUsd } from "@/lib/format";
import { showToast } from "@/ui/toasts";

interface PeoplePage {
  people: Person[];
  next_cursor: string | null;
}

type Lists = InfiniteData<PeoplePage, string | null>;

const listsKey = ["people"] as const;
const path = (id: string): string => `/people/${encodeURIComponent(id)}`;
const patch = (api: ApiClient, id: string, change: PersonChange): Promise<Person> => api.patch(path(id), change);

/** People whose address begins with `email`, page by page. */
export function usePeople(email: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...listsKey, { email }],
    queryFn: ({ pageParam, signal }) => api.get<PeoplePage>("/people", { query: { cursor: pageParam, email: email || null }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    networkMode: "always",
    // They come and spend meanwhile; what is known is shown until it is read again.
    staleTime: 0,
  });
}

export function peopleErrorText(error: unknown): string {
  const texts = peopleTexts.now();
  if (error instanceof ApiError && error.code === "already_there") return texts.errors.already_there;
  if (error instanceof ApiError && error.code === "last_owner") return texts.errors.last_owner;
  return errorText(t(), error);
}

/** The highest group of a person; null: none. */
export const groupOf = ({ groups }: { groups: readonly string[] }): Group | null =>
  groups.includes("owners") ? "owners" : groups.includes("members") ? "members" : null;

export function usePeopleActions() {
  const api = useApi();
  const client = useQueryClient();
  const put = (person: Person): void =>
    void client.setQueriesData<Lists>(
      { queryKey: listsKey },
      (data) => data && mapPeople(data, (people) => people.map((held) => (held.user_id === person.user_id ? person : held))),
    );
  const reread = (): void => void client.invalidateQueries({ queryKey: listsKey });
  const complain = (error: unknown): void => {
    showError(peopleErrorText(error), error);
    reread();
  };

  const undo = useMutation({
    mutationFn: ({ person, back }: { person: Person; back: PersonChange }) => patch(api, person.user_id, back),
    onSuccess: (person) => {
      put(person);
      showToast({ text: peopleTexts.now().undone, subject: person.user_id });
    },
    onError: complain,
  });
  const change = useMutation({
    mutationFn: ({ person, change }: { person: Person; change: PersonChange }) => patch(api, person.user_id, change),
    onSuccess: (changed, { person, change }) => {
      put(changed);
      const { undo: label } = peopleTexts.now();
      showToast({
        text: saidOf(changed, change),
        subject: person.user_id,
        durationMs: 10_000,
        // Who is no longer an owner cannot make themselves one again.
        ...(!(person.is_me && change.groups) && { action: { label, run: () => undo.mutate({ person, back: backOf(person, change) }) } }),
      });
    },
    onError: complain,
  });
  const invite = useMutation({
    mutationFn: (invitation: { email: string; groups: Group[] }) => api.post<Person>("/people", invitation),
    onSuccess: ({ email }) => {
      reread();
      showToast({ text: peopleTexts.now().invited(email) });
    },
  });
  const inviteAgain = useMutation({
    mutationFn: (person: Person) => api.post(`${path(person.user_id)}/invitation`),
    onSuccess: (_, { email }) => showToast({ text: peopleTexts.now().invitedAgain(email) }),
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: (person: Person) => api.delete(path(person.user_id), { email: person.email }),
    onSuccess: (_, { user_id: id, email }) => {
      client.setQueriesData<Lists>(
        { queryKey: listsKey },
        (data) => data && mapPeople(data, (people) => people.filter((person) => person.user_id !== id)),
      );
      showToast({ text: peopleTexts.now().deleted(email), subject: id });
    },
  });
  return { change: (person: Person, asked: PersonChange) => change.mutate({ person, change: asked }), invite, inviteAgain, remove };
}

/** What brings back what was before. */
function backOf(person: Person, change: PersonChange): PersonChange {
  const group = groupOf(person);
  return {
    ...(change.groups && { groups: group === null ? [] : [group] }),
    ...(change.budget_usd !== undefined && { budget_usd: person.own_budget_usd }),
    ...(change.disabled !== undefined && { disabled: person.status === "disabled" }),
  };
}

function saidOf(person: Person, change: PersonChange): string {
  const { changed } = peopleTexts.now();
  if (change.groups) return changed[groupOf(person) ?? "none"](person.email);
  if (change.disabled !== undefined) return change.disabled ? changed.disabled(person.email) : changed.enabled(person.email);
  return changed.budget(person.email, formatUsd(getLanguage(), person.budget_usd));
}

const mapPeople = (data: Lists, change: (people: Person[]) => Person[]): Lists => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, people: change(page.people) })),
});
