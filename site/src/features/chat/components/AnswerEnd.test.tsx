/** How an answer ends or does not begin: what is seen, what is heard, and what can be done about it. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { AnswerFrame } from "@/api/frames";
import type { Message } from "@/api/types";
import { applyFrames, newAnswer, type AnswerState } from "@/entities/answers/answerReducer";
import { setLanguage } from "@/i18n";
import { Announcer } from "@/lib/announcer";
import { createStore, type Store } from "@/lib/store";
import type { ChatRuntime } from "@/session/runtime";
import { FakeApi } from "@/test/fakeApi";
import { answer } from "@/test/records";

import { ChatContext } from "../context";
import { AnswerMessage } from "./AnswerMessage";

const ids = { conversation_id: "c1", message_id: "a1" };
let state: Store<AnswerState>;
const goOn = vi.fn<(message: Message) => void>();

function show(fields: Partial<Message> = {}, canRetry = true) {
  const chat = { feed: { answer: () => state } } as unknown as ChatRuntime;
  const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={new ApiClient("https://api.test", tokens)}>
        <ChatContext value={chat}>
          <AnswerMessage
            message={answer({ message_id: "a1", ...fields })}
            versions={null}
            canRetry={canRetry}
            onRetry={() => undefined}
            onContinue={goOn}
          />
          <Announcer />
        </ChatContext>
      </ApiContext>
    </QueryClientProvider>,
  );
}

const push = (...frames: AnswerFrame[]) => act(() => state.set(applyFrames(state.get(), frames)));
const started: AnswerFrame = { type: "answer.started", ...ids, sequence: 1, model: "claude-a" };
const waits = (sequence: number, code: string | null, until: string | null = null): AnswerFrame => ({ type: "answer.waiting", ...ids, sequence, code, until });
const says = (sequence: number, text: string): AnswerFrame => ({ type: "answer.delta", ...ids, sequence, block: 0, kind: "text", text });
const ends = (sequence: number, fields: Partial<Extract<AnswerFrame, { type: "answer.done" }>> = {}): AnswerFrame => ({
  type: "answer.done",
  ...ids,
  sequence,
  status: "complete",
  stop_reason: "end_turn",
  usage: null,
  error: null,
  ...fields,
});
const fails = (sequence: number, code: string): AnswerFrame => ({ type: "answer.failed", ...ids, sequence, error: { code, message: "SERVER" } });
const heard = (): string => (screen.getAllByRole("status").find((each) => each.classList.contains("sr-only"))?.textContent ?? "").trim();

const streaming: Partial<Message> = { status: "streaming", content: [] };

function hear(text: string): string {
  show(streaming);
  push(started, says(2, text), ends(3));
  return heard();
}

beforeEach(() => {
  new FakeApi().install();
  state = createStore(newAnswer);
  goOn.mockReset();
});

afterEach(() => {
  act(() => setLanguage("en"));
  vi.unstubAllGlobals();
});

describe("what is heard of an answer", () => {
  it.each([
    ["### Plan\n\n1. *Buy* __milk__\n2. Call `Ada`", "Plan. Buy milk. Call Ada."],
    ["See [the docs](https://example.com/a/b) or https://docs.example.com/a/very/long/path?q=1", "See the docs or docs.example.com."],
    ["> Quoted **words**\n\n---\n\nDone!", "Quoted words. Done!"],
    ["| city | people |\n| --- | --- |\n| Rome | **3** |\n| Oslo | 1 |", "Table, 3 rows, 2 columns. city, people. Rome, 3. Oslo, 1."],
    ["Run:\n\n```py\nprint('**x**')\nprint('y')\n```\n\nThen stop.", "Run: Code, 2 lines. Then stop."],
  ])("is its text: %s", (markdown, text) => {
    expect(hear(markdown)).toBe(`Claude has answered. ${text}`);
  });

  it("is its beginning, cut between two words and never within a sign", () => {
    expect(hear(`${"word ".repeat(300)}`)).toMatch(/(word ){100,119}word… The answer goes on\.$/);
    expect(hear("🐈".repeat(700))).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it.each([
    ["model_key_refused", /^Claude did not answer\. .*API key/],
    ["empty_answer", /^Claude did not answer\. Claude sent an empty answer\./],
  ])("is what happened where it failed: %s", (code, text) => {
    show(streaming);
    push(started, fails(2, code));
    expect(heard()).toMatch(text);
    expect(heard()).not.toMatch(/has answered|SERVER/);
  });

  it("is that it was stopped, or broke off, in the person's language", () => {
    act(() => setLanguage("fr"));
    show(streaming);
    push(started, says(2, "Rom"), ends(3, { status: "interrupted", stop_reason: null, error: { code: "stream_cut", message: "SERVER" } }));
    expect(heard()).toMatch(/^Claude n’a pas répondu\. La connexion avec Claude s’est coupée/);
    act(() => state.set(newAnswer));
    push(started, ends(2, { status: "stopped", stop_reason: null }));
    expect(heard()).toBe("La réponse a été arrêtée.");
  });
});

describe("an answer that is waited for", () => {
  const until = new Date(Date.now() + 60_000).toISOString();

  it("says why and until when, heard once for each reason, and no more once it begins", () => {
    show(streaming);
    push(started, waits(2, "model_overloaded", until));
    expect(screen.getAllByText(/^Claude is overloaded\. Still trying, until .*\d:\d\d/)).not.toHaveLength(0);
    const first = heard();
    expect(first).toMatch(/overloaded/);
    push(waits(3, "model_overloaded", new Date(Date.now() + 61_500).toISOString()));
    expect(heard()).toBe(first);
    push(waits(4, "brand_new", until));
    expect(heard()).toMatch(/^Claude cannot be reached/);
    push(waits(5, null));
    expect(screen.queryByText(/Still trying/, { selector: "article *" })).toBeNull();
  });

  it("says no more of it once a word is there, or it has failed", () => {
    show(streaming);
    push(started, waits(2, "model_rate_limited", until), says(3, "Rome"));
    expect(screen.queryByText(/Still trying/, { selector: "article *" })).toBeNull();
    push(waits(4, "model_overloaded", until), fails(5, "model_overloaded"));
    expect(screen.queryByText(/Still trying/, { selector: "article *" })).toBeNull();
    expect(screen.getByText(/overloaded at the moment\. Retry in a minute/, { selector: "article *" })).toBeInTheDocument();
  });
});

describe("going on", () => {
  const text = [{ type: "text", text: "Half of it" }] as Message["content"];
  const cases: [string, Partial<Message>, boolean][] = [
    ["at the length limit", { status: "complete", stop_reason: "max_tokens", content: text }, true],
    ["when it was stopped", { status: "stopped", content: text }, true],
    ["when it broke off", { status: "interrupted", error: { code: "worker_lost", message: "" }, content: text }, true],
    ["when nothing was written", { status: "stopped", content: [] }, false],
    ["when only thoughts were", { status: "interrupted", content: [{ type: "thinking", thinking: "Hm." }] }, false],
    ["when it is whole", { status: "complete", stop_reason: "end_turn", content: text }, false],
    ["when it was declined", { status: "complete", stop_reason: "refusal", content: text }, false],
  ];

  it.each(cases)("is a button %s: %o", async (_when, fields, isThere) => {
    show(fields);
    const buttons = screen.queryAllByRole("button", { name: "Continue" });
    expect(buttons).toHaveLength(isThere ? 1 : 0);
    for (const button of buttons) await userEvent.click(button);
    expect(goOn).toHaveBeenCalledTimes(isThere ? 1 : 0);
  });

  it("is none of an older answer", () => {
    show({ status: "stopped", content: text }, false);
    expect(screen.queryByRole("button", { name: "Continue" })).toBeNull();
  });
});

it("what was heard is gone once the person goes on writing", () => {
  const field = document.body.appendChild(document.createElement("input"));
  expect(hear("Rome.")).toBe("Claude has answered. Rome.");
  act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
  expect(heard()).toBe("");
  field.remove();
});
