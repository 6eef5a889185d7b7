import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { AnswerFrame } from "@/api/frames";
import type { ContentBlock, Message } from "@/api/types";
import { setLanguage } from "@/i18n";
import { Announcer } from "@/lib/announcer";
import { createStore, type Store } from "@/lib/store";
import { closeViewer, viewer } from "@/lib/viewer";
import { citation, cited } from "@/test/citations";
import { FakeApi } from "@/test/fakeApi";
import { answer } from "@/test/records";

import { applyFrames, newAnswer, type AnswerState } from "@/entities/answers/answerReducer";
import { ChatContext } from "../context";
import type { ChatRuntime } from "@/session/runtime";
import { AnswerMessage } from "./AnswerMessage";

const ids = { conversation_id: "c1", message_id: "a1" };
const delta = (sequence: number, block: number, text: string): AnswerFrame => ({
  type: "answer.delta",
  ...ids,
  sequence,
  block,
  kind: "text",
  text,
});
const started: AnswerFrame = { type: "answer.started", ...ids, sequence: 1, model: "claude-a" };
const detail = { query: "cats", files: [{ file_id: "f1", name: "thesis.pdf" }] };
const search: ContentBlock = { type: "tool_use", name: "search_files", detail };

let state: Store<AnswerState>;
let person: ReturnType<typeof userEvent.setup>;

function show(content: ContentBlock[], fields: Partial<Message> = {}) {
  const chat = { feed: { answer: () => state } } as unknown as ChatRuntime;
  const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={new ApiClient("https://api.test", tokens)}>
        <ChatContext value={chat}>
          <AnswerMessage
            message={answer({ message_id: "a1", content, ...fields })}
            versions={null}
            canRetry={false}
            onRetry={() => undefined}
            onContinue={() => undefined}
          />
          <p>Elsewhere</p>
          <Announcer />
        </ChatContext>
      </ApiContext>
    </QueryClientProvider>,
  );
}

const push = (...frames: AnswerFrame[]) => act(() => state.set(applyFrames(state.get(), frames)));
const marker = (name = "Source 1: thesis.pdf, page 12") => screen.getByRole("button", { name });
const quote = () => screen.queryByText("“sleeping cats”");

const content: ContentBlock[] = [
  search,
  cited("Cats **sleep**", citation(12, { cited_text: "sleeping cats" })),
  { type: "text", text: " and eat" },
  cited(" fish.", citation(3)),
];

beforeEach(() => {
  new FakeApi().install();
  state = createStore(newAnswer);
  person = userEvent.setup();
});

afterEach(() => {
  act(closeViewer);
  act(() => setLanguage("en"));
  vi.unstubAllGlobals();
});

describe("citation markers", () => {
  it("stand in one flow of text behind what they support, and say what they lead to", () => {
    const { container } = show(content);
    const paragraphs = container.querySelectorAll(".prose p");
    expect(paragraphs).toHaveLength(1);
    expect(paragraphs[0]).toHaveTextContent("Cats sleep1 and eat fish.2");
    expect(marker("Source 2: thesis.pdf, page 3")).toBeInTheDocument();
    act(() => setLanguage("fr"));
    expect(screen.getByRole("button", { name: /^Source 1\s: thesis\.pdf, page 12$/ })).toBeInTheDocument();
  });

  it("show their quote to the mouse, and hide it when it leaves for good", async () => {
    show(content);
    await person.hover(marker());
    expect(quote()).toBeInTheDocument();
    await person.hover(screen.getByText("“sleeping cats”"));
    expect(quote()).toBeInTheDocument();
    await person.hover(screen.getByText("Elsewhere"));
    await waitFor(() => expect(quote()).toBeNull());
  });

  it("show it to the keyboard, described by it; Escape hides it and is taken", async () => {
    const stops = vi.fn<() => void>();
    const onKeyDown = (event: KeyboardEvent): void => void (event.defaultPrevented || event.key !== "Escape" || stops());
    document.addEventListener("keydown", onKeyDown);
    show(content);
    await person.tab();
    expect(marker()).toHaveFocus();
    expect(marker()).toHaveAccessibleDescription("“sleeping cats”");
    await person.keyboard("{Escape}");
    expect(quote()).toBeNull();
    expect(marker()).toHaveFocus();
    expect(stops).not.toHaveBeenCalled();
    await person.keyboard("{Escape}");
    expect(stops).toHaveBeenCalledOnce();
    document.removeEventListener("keydown", onKeyDown);
  });

  it("let the keyboard into their quote, and hide it behind it", async () => {
    show(content);
    await person.tab();
    await person.tab();
    expect(screen.getByRole("button", { name: "Open the source" })).toHaveFocus();
    expect(quote()).toBeInTheDocument();
    await person.tab();
    expect(marker("Source 2: thesis.pdf, page 3")).toHaveFocus();
    expect(quote()).toBeNull();
  });

  it("keep their quote while something of it is pressed that takes no focus of its own", async () => {
    show(content);
    await person.tab();
    await person.pointer({ keys: "[MouseLeft>]", target: screen.getByText("“sleeping cats”") });
    expect(quote()).toBeInTheDocument();
  });

  it("open the page by a click, and by Enter", async () => {
    show(content);
    await person.click(marker());
    const { locator } = citation(12);
    expect(viewer.get()).toEqual({ file_id: "f1", name: "thesis.pdf", page: 12, locator, quote: "sleeping cats" });
    expect(quote()).toBeNull();
    expect(marker()).toHaveFocus();
    act(closeViewer);
    await person.keyboard("{Enter}");
    expect(viewer.get()).toMatchObject({ page: 12 });
  });

  it("show their quote to a finger first; a second tap, or the quote's button, opens the page", () => {
    const tap = (element: HTMLElement): void => {
      fireEvent.pointerDown(element, { pointerType: "touch" });
      fireEvent.click(element, { detail: 1 });
    };
    show(content);
    tap(marker());
    expect(quote()).toBeInTheDocument();
    expect(viewer.get()).toBeNull();
    tap(marker());
    expect(viewer.get()).toMatchObject({ page: 12 });
    act(closeViewer);
    tap(marker());
    tap(screen.getByRole("button", { name: "Open the source" }));
    expect(viewer.get()).toMatchObject({ page: 12 });
    act(closeViewer);
    tap(marker());
    fireEvent.pointerDown(screen.getByText("Elsewhere"), { pointerType: "touch" });
    expect(quote()).toBeNull();
  });

  it("come with the frames, and keep their numbers to the end", () => {
    show([], { status: "queued" });
    push(started, delta(2, 0, "- Cats **sl"));
    expect(screen.queryByRole("button", { name: /Source/ })).toBeNull();
    push(delta(3, 0, "eep**"), { type: "answer.citation", ...ids, sequence: 4, block: 0, citation: citation(12) });
    expect(marker()).toHaveTextContent("1");
    push(delta(5, 1, " and\n- fish"), { type: "answer.citation", ...ids, sequence: 6, block: 1, citation: citation(3) }, delta(7, 2, ".\n"));
    const [first, second] = screen.getAllByRole("listitem");
    expect(first).toHaveTextContent("Cats sleep1 and");
    expect(second).toHaveTextContent("fish2.");
  });
});

describe("a growing answer", () => {
  it("draws no marker again that has not changed, nor when another one comes", () => {
    let drawn = 0;
    const first = Object.defineProperty(citation(12), "name", {
      get: () => {
        drawn += 1;
        return "thesis.pdf";
      },
    });
    show([], { status: "streaming" });
    push(started, delta(2, 0, "Cats"), { type: "answer.citation", ...ids, sequence: 3, block: 0, citation: first });
    push(delta(4, 1, " sleep."));
    expect(marker()).toHaveTextContent("1");
    const before = drawn;
    push(delta(5, 1, "\n\nThey"));
    push(delta(6, 1, " eat"), { type: "answer.citation", ...ids, sequence: 7, block: 1, citation: citation(3) });
    expect(marker("Source 2: thesis.pdf, page 3")).toHaveTextContent("2");
    expect(drawn).toBe(before);
  });

  it("draws a marker again that quotes more of its source", async () => {
    show([], { status: "streaming" });
    push(started, delta(2, 0, "Cats"), { type: "answer.citation", ...ids, sequence: 3, block: 0, citation: citation(12, { cited_text: "sleeping cats" }) });
    push({ type: "answer.citation", ...ids, sequence: 4, block: 0, citation: citation(12, { cited_text: "and dogs" }) });
    await person.hover(marker());
    expect(screen.getByText("“and dogs”")).toBeInTheDocument();
    expect(quote()).toBeInTheDocument();
  });
});

describe("the sources of a finished answer", () => {
  it("are listed once each, and lead to their pages", async () => {
    show([...content, cited(" Again.", citation(12))]);
    await person.click(screen.getByText("2 sources"));
    const list = within(screen.getByText("2 sources").closest("details") ?? document.body);
    expect(list.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["1thesis.pdfpage 12", "2thesis.pdfpage 3"]);
    await person.click(list.getByRole("button", { name: /^2.*page 3$/ }));
    expect(viewer.get()).toMatchObject({ page: 3, quote: "quoted from page 3" });
  });

  it("are not there while it grows, nor where nothing is cited", () => {
    show([], { status: "streaming" });
    push(started, delta(2, 0, "Cats"), { type: "answer.citation", ...ids, sequence: 3, block: 0, citation: citation(12) });
    expect(screen.queryByText("1 source")).toBeNull();
    expect(screen.getAllByRole("button", { name: /Source 1/ })).toHaveLength(1);
  });

  it("are copied with the text", async () => {
    show(content);
    await person.click(screen.getByRole("button", { name: "Copy answer" }));
    expect(await navigator.clipboard.readText()).toBe(
      "Cats **sleep**[1] and eat fish.[2]\n\n[1] thesis.pdf, page 12\n[2] thesis.pdf, page 3",
    );
  });
});

describe("a tool", () => {
  it("is at work until something follows, and says so to a screen reader", () => {
    show([], { status: "queued" });
    push(started, { type: "answer.tool", ...ids, sequence: 2, block: 0, name: "search_files", detail });
    expect(screen.getByText("Searching in thesis.pdf…", { selector: "p" })).toHaveAttribute("aria-busy", "true");
    expect(screen.getByRole("status")).toHaveTextContent("Searching in thesis.pdf…");
    push({ type: "answer.tool", ...ids, sequence: 3, block: 1, name: "read_pages", detail: { files: detail.files, first: 12, last: 14 } });
    expect(screen.getByText("Searching in thesis.pdf…", { selector: "p" })).toBeInTheDocument();
    expect(screen.getByText("Reading pages 12–14 of thesis.pdf…", { selector: "p" })).toBeInTheDocument();
    push(delta(4, 2, "Found."));
    expect(screen.getByText("Searched in thesis.pdf: “cats”")).toHaveAttribute("aria-busy", "false");
    expect(screen.getByText("Read pages 12–14 of thesis.pdf")).toBeInTheDocument();
    expect(screen.queryByText(/ing in thesis/, { selector: "p" })).toBeNull();
  });

  it("looks the same live and after a reload", () => {
    const live = show([], { status: "queued" });
    push(
      started,
      { type: "answer.tool", ...ids, sequence: 2, block: 0, name: "search_files", detail },
      delta(3, 1, "Cats **sleep**"),
      { type: "answer.citation", ...ids, sequence: 4, block: 1, citation: citation(12, { cited_text: "sleeping cats" }) },
      delta(5, 2, " and eat"),
      delta(6, 3, " fish."),
      { type: "answer.citation", ...ids, sequence: 7, block: 3, citation: citation(3) },
      { type: "answer.done", ...ids, sequence: 8, status: "complete", stop_reason: "end_turn", usage: null, error: null },
    );
    const drawn = live.container.querySelector("article")?.innerHTML;
    live.unmount();
    state = createStore(newAnswer);
    expect(show(content).container.querySelector("article")?.innerHTML).toBe(drawn);
  });

  it("that was stopped is at work no more", () => {
    show([search], { status: "stopped" });
    expect(screen.getByText("Searched in thesis.pdf: “cats”")).toHaveAttribute("aria-busy", "false");
  });
});
