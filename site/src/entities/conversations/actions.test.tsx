import { InfiniteQueryObserver, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { Conversation, Page } from "@/api/types";
import { LimitsContext } from "@/lib/limits";
import { limits } from "@/test/limits";
import { conversation } from "@/test/records";
import { clearToasts, Toasts } from "@/ui/toasts";

import { useConversationActions } from "./actions";
import { listKey } from "./list";

/** What the server has, and the replies that it holds back: reads as they were when they came. */
let stored: Conversation[];
let late: (() => void)[] | null;
/** How long a change takes. */
let changeMs: number;
let stops: (() => void)[];

const api = new ApiClient("https://api.test", { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined });
const settle = (ms = 0) => act(() => new Promise((resolve) => setTimeout(resolve, ms)));

/** Both lists while somebody looks at them, and what can be done with their conversations. */
async function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  const lists = [false, true].map((archived) => {
    const observer = new InfiniteQueryObserver(client, {
      queryKey: listKey(archived),
      queryFn: ({ signal }) => api.get<Page<Conversation>>("/conversations", { query: { archived }, signal }),
      initialPageParam: null,
      getNextPageParam: () => null,
    });
    stops.push(observer.subscribe(() => undefined));
    return () => observer.getCurrentResult().data?.pages.flatMap((page) => page.items.map((item) => item.title));
  });
  stops.push(() => client.clear());
  const { result } = renderHook(useConversationActions, {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>
        <ApiContext value={api}>
          <LimitsContext value={limits}>{children}</LimitsContext>
        </ApiContext>
        <Toasts />
      </QueryClientProvider>
    ),
  });
  await settle();
  return { client, actions: result.current, shown: () => lists.map((titles) => titles()) };
}

/** Change something while the lists are read, which is answered with what was there before. */
async function whileListsAreRead(client: QueryClient, change: () => void): Promise<void> {
  late = [];
  void client.invalidateQueries({ queryKey: listKey(false).slice(0, 1) });
  await settle();
  const answers = late;
  late = null;
  act(change);
  await settle();
  for (const answer of answers) answer();
  await settle(changeMs);
}

beforeEach(() => {
  stored = [conversation()];
  late = null;
  changeMs = 0;
  stops = [];
  vi.stubGlobal("fetch", async (url: string, { method, body }: RequestInit) => {
    if (method === "DELETE") {
      stored = [];
      if (changeMs > 0) await new Promise((resolve) => setTimeout(resolve, changeMs));
    }
    if (method === "PATCH" && stored.length === 0) stored = [conversation()];
    else if (method === "PATCH") stored = stored.map((held) => ({ ...held, ...(JSON.parse(String(body)) as Partial<Conversation>) }));
    const items = stored.filter(({ archived }) => archived === url.includes("archived=true"));
    const reply = Response.json(method === "PATCH" ? stored[0] : method === "DELETE" ? {} : { items, next_cursor: null });
    if (late && method === "GET") await new Promise<void>((resolve) => late?.push(resolve));
    return reply;
  });
});

afterEach(() => {
  for (const stop of stops) stop();
  clearToasts();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ["before its deletion was answered", 50],
  ["after it", 0],
])("a deleted conversation is not put back by a list that comes %s", async (_, takenMs) => {
  const { client, actions, shown } = await open();
  expect(shown()).toEqual([["Cats"], []]);
  changeMs = takenMs;
  await whileListsAreRead(client, () => actions.remove(conversation()));
  expect(shown()).toEqual([[], []]);
});

it("nor is one left out that was brought back", async () => {
  const { client, actions, shown } = await open();
  act(() => actions.remove(conversation()));
  const undo = await screen.findByRole("button", { name: "Undo" });
  await whileListsAreRead(client, () => undo.click());
  expect(shown()).toEqual([["Cats"], []]);
});

it("can be brought back for as long as the API can", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { actions } = await open();
  act(() => actions.remove(conversation()));
  await screen.findByRole("button", { name: "Undo" });
  await act(() => vi.advanceTimersByTimeAsync(limits.undo_s * 1_000 - 5_000));
  expect(screen.getByRole("button", { name: "Undo" })).toBeInTheDocument();
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
});

it("a new title or place is not lost to a list that was read before", async () => {
  const { client, actions, shown } = await open();
  await whileListsAreRead(client, () => actions.rename("c1", "Dogs"));
  expect(shown()).toEqual([["Dogs"], []]);
  await whileListsAreRead(client, () => actions.setArchived("c1", true));
  expect(shown()).toEqual([[], ["Dogs"]]);
});
