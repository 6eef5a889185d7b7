import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, renderHook, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { AnswerFrame } from "@/api/frames";
import type { Message } from "@/api/types";
import { createStore, type Store } from "@/lib/store";
import { FakeApi } from "@/test/fakeApi";
import { delta, done, started } from "@/test/frames";
import { answer, conversation, message } from "@/test/records";

import { seedMessages } from "@/session/messages";
import { applyFrames, newAnswer, type AnswerState } from "@/entities/answers/answerReducer";
import { ChatContext } from "../context";
import { Drafts } from "@/session/drafts";
import type { ChatRuntime } from "@/session/runtime";
import { visibleThread } from "../thread";
import type { ChatActions } from "../useChatActions";
import { useThread, type Thread } from "../useThread";
import { MessageList } from "./MessageList";

let state: Store<AnswerState>;
let client: QueryClient;

const feed = { answer: () => state, follow: () => undefined };
const chat = { feed, drafts: new Drafts("ada"), outbox: { entry: () => nothingUnsent } } as unknown as ChatRuntime;

function Around({ children }: { children: ReactNode }) {
  const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };
  return (
    <QueryClientProvider client={client}>
      <ApiContext value={new ApiClient("https://api.test", tokens)}>
        <ChatContext value={chat}>{children}</ChatContext>
      </ApiContext>
    </QueryClientProvider>
  );
}

const nothingUnsent = createStore(null);
const push = (...frames: AnswerFrame[]) => act(() => state.set(applyFrames(state.get(), frames)));

beforeEach(() => {
  new FakeApi().install();
  state = createStore(newAnswer);
  client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
});

afterEach(() => vi.unstubAllGlobals());

describe("a thread", () => {
  it("is not drawn with every word of its answer, but when the answer ends", () => {
    client.setQueryData(["conversation", "c1"], conversation({ head: "a1", answer_in_progress: "a1" }));
    seedMessages(client, "c1", [message({ message_id: "m1" }), answer({ message_id: "a1", parent_id: "m1", status: "streaming", content: [] })]);
    const drawn = vi.fn<typeof useThread>(useThread);
    const { result } = renderHook(() => drawn("c1"), { wrapper: Around });
    expect(result.current.inProgressId).toBe("a1");
    const before = drawn.mock.calls.length;
    push(started(1), delta(2, "One"));
    push(delta(3, " two"));
    expect(drawn).toHaveBeenCalledTimes(before);
    push(done(4));
    expect(result.current.inProgressId).toBeNull();
  });
});

describe("the list of messages", () => {
  const actions = (retry: (message: Message) => void) =>
    ({ edit: () => true, retry, isRetrying: false, resend: () => undefined, takeBack: () => undefined }) as unknown as ChatActions;
  const thread = (messages: readonly Message[]) =>
    ({ entries: visibleThread(messages, "a1"), unsent: null, inProgressId: null, loadEarlier: null, choose: () => undefined }) as unknown as Thread;

  it("draws no message again that has not changed, and calls what was given last", async () => {
    let drawn = 0;
    const question = message({ message_id: "m1" });
    const { content } = question;
    Object.defineProperty(question, "content", {
      get: () => {
        drawn += 1;
        return content;
      },
    });
    const reply = answer({ message_id: "a1", parent_id: "m1" });
    const [first, second] = [vi.fn<(message: Message) => void>(), vi.fn<(message: Message) => void>()];
    const view = render(<MessageList thread={thread([question, reply])} actions={actions(first)} />, { wrapper: Around });
    const before = drawn;
    view.rerender(<MessageList thread={thread([question, { ...reply, content: [{ type: "text", text: "Better" }] }])} actions={actions(second)} />);
    expect(screen.getByText("Better")).toBeInTheDocument();
    expect(drawn).toBe(before);
    await userEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
  });

  it("says above which message Claude reads no more, and at which answer that has moved", () => {
    const context = (first_message_id: string) => ({ first_message_id, left_out: 2 });
    const messages = [
      message({ message_id: "m0" }),
      answer({ message_id: "a0", parent_id: "m0" }),
      message({ message_id: "m1", parent_id: "a0" }),
      answer({ message_id: "a1", parent_id: "m1", context: context("m1") }),
    ];
    render(<MessageList thread={thread(messages)} actions={actions(() => undefined)} />, { wrapper: Around });
    const mark = screen.getByText(/^Claude reads from here on/);
    const articles = screen.getAllByRole("article");
    expect(articles.map((article) => Boolean(mark.compareDocumentPosition(article) & Node.DOCUMENT_POSITION_FOLLOWING))).toEqual([false, false, true, true]);
    const moved = articles.map((article) => article.textContent?.includes("no longer reads the beginning"));
    expect(moved).toEqual([false, false, false, true]);
  });
});
