import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { Conversation } from "@/api/types";
import { conversationKey } from "@/entities/conversations/list";
import { conversation, storedFile } from "@/test/records";

import { useConversationFiles, useFileState } from "./conversationFiles";

/** What the server has: which files the conversation holds, and which of these are not deleted. */
let held: string[];
let there: string[];
/** What happens between the two reads. */
let meanwhile: () => void;
let client: QueryClient;

const api = new ApiClient("https://api.test", { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined });

beforeEach(() => {
  meanwhile = () => undefined;
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  vi.stubGlobal("fetch", async (url: string) => {
    if (!url.endsWith("/files")) return Response.json(conversation({ file_ids: held }));
    const items = there.filter((id) => held.includes(id)).map((id) => storedFile({ file_id: id }));
    meanwhile();
    return Response.json({ items });
  });
});

afterEach(() => vi.unstubAllGlobals());

/** Read the files where the conversation is known to hold `known`; then say what is shown of each. */
async function states(known: string[], ...ids: string[]): Promise<string[]> {
  client.setQueryData<Conversation>(conversationKey("c1"), conversation({ file_ids: known }));
  const { result } = renderHook(() => ({ list: useConversationFiles("c1", true), stateOf: useFileState("c1") }), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>
        <ApiContext value={api}>{children}</ApiContext>
      </QueryClientProvider>
    ),
  });
  await waitFor(() => expect(result.current.list.isSuccess).toBe(true));
  return ids.map((id) => result.current.stateOf(id));
}

it("a file that another device took out unheard is out, not deleted; a deleted one is", async () => {
  [held, there] = [["f2", "f3"], ["f1", "f3"]];
  expect(await states(["f1", "f2", "f3"], "f1", "f2", "f3")).toEqual(["out", "deleted", "in"]);
});

it("a file that joins while the list is read is not taken for deleted", async () => {
  [held, there] = [["f2"], ["f1", "f3"]];
  meanwhile = () => (held = ["f2", "f3"]);
  expect(await states(["f1", "f2"], "f1", "f2", "f3")).toEqual(["out", "deleted", "in"]);
});
