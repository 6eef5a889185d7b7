import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { setLanguage } from "@/i18n";
import { citation, cited } from "@/test/citations";
import { answer, conversation, message } from "@/test/records";

import { api, composer, openApp as open, pass, person, prepareApp } from "@/test/openApp";

prepareApp();

afterEach(() => setLanguage("en"));

const held = (...messages: Parameters<typeof message>[0][]): void => {
  for (const one of messages) api.messages.push(one.role === "assistant" ? answer(one) : message(one));
};

describe("an empty chat", () => {
  it.each([
    ["en", "Message to Claude", /^Explain in plain words/],
    ["fr", "Message à Claude", /^Explique-moi simplement/],
  ] as const)("has one heading and three ways to begin, which fill the box and send nothing: %s", async (language, name, begun) => {
    setLanguage(language);
    open();
    const box = await screen.findByRole("textbox", { name });
    expect(within(screen.getByRole("main")).getAllByRole("heading")).toHaveLength(1);
    const starters = within(screen.getByRole("list", { name: /Ways to begin|Façons de commencer/ })).getAllByRole("button");
    expect(starters).toHaveLength(3);
    await person.click(starters[0] as HTMLElement);
    expect((box as HTMLTextAreaElement).value).toMatch(begun);
    expect(box).toHaveFocus();
    expect(api.sent("POST", /conversations/)).toEqual([]);
  });

  it("keeps its box, and the focus in it, from the first message on", async () => {
    open();
    const box = await composer();
    await person.type(box, "Hello{Enter}");
    await pass(500);
    expect(await composer()).toBe(box);
    expect(box).toHaveFocus();
    expect(screen.queryByRole("list", { name: "Ways to begin" })).toBeNull();
  });

  it("says why nothing can be sent", async () => {
    open();
    const box = await composer();
    const send = screen.getByRole("button", { name: "Send" });
    expect(send).toBeDisabled();
    expect(send).toHaveAccessibleDescription("Write a message first.");
    await person.type(box, "Hello");
    expect(send).toBeEnabled();
    expect(send).not.toHaveAccessibleDescription("Write a message first.");
  });
});

describe("while a message is not sent", () => {
  it("says why no other one can be, seen as well as heard", async () => {
    open("/c/c1");
    await person.type(await composer(), "Hello");
    await pass(100);
    api.offline = 3;
    await person.keyboard("{Enter}");
    await pass(5_000);
    expect(await screen.findByRole("alert")).toHaveTextContent(/Not sent\..*goes out by itself/);
    expect(screen.queryByText(/^Another message is not sent yet/)).toBeNull();
    await person.type(await composer(), "And then?");
    const send = screen.getByRole("button", { name: "Send" });
    expect(send).toBeDisabled();
    expect(send).toHaveAccessibleDescription(/^Another message is not sent yet/);
    expect(screen.getByText(/^Another message is not sent yet/)).not.toHaveClass("sr-only");
    expect(api.sent("POST", /\/messages$/)).toHaveLength(3);
    act(() => void window.dispatchEvent(new Event("online")));
    await pass(500);
    expect(api.sent("POST", /\/messages$/), "by itself, once it can").toHaveLength(4);
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("a conversation", () => {
  it("has its title while it loads, by the list, and asks for a reply", async () => {
    open("/files");
    await screen.findByRole("link", { name: "Cats" });
    api.offline = 1;
    await person.click(screen.getByRole("link", { name: "Cats" }));
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Cats");
    expect(screen.getByRole("status", { name: "Loading…" })).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Message to Claude" })).toHaveAttribute("placeholder", "Reply to Claude");
    expect(screen.queryByText("What is on your mind?")).toBeNull();
  });

  it("is called what it is while nothing is known of it", () => {
    open("/c/c1");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Conversation");
    expect(document.title).toMatch(/^Conversation/);
  });

  it("that is gone has one heading, which says so", async () => {
    open("/c/nowhere");
    await screen.findByRole("alert");
    const headings = within(screen.getByRole("main")).getAllByRole("heading");
    expect(headings.map((heading) => `${heading.tagName} ${heading.textContent}`)).toEqual(["H1 This conversation does not exist"]);
    expect(document.title).toMatch(/^This conversation does not exist/);
  });

  it("that is gone leads nobody to a message box that is not there", async () => {
    const { unmount } = open("/c/nowhere");
    await screen.findByRole("alert");
    expect(screen.queryByRole("link", { name: "Skip to the message box" })).toBeNull();
    unmount();
    open("/c/c1");
    expect(await screen.findByRole("link", { name: "Skip to the message box" })).toBeInTheDocument();
  });

  it("shows pictures of a message once they come into view, by one request each, and calls a file by what is read of it", async () => {
    const seen: (() => void)[] = [];
    class Seeing {
      constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
        seen.push(() => callback([{ isIntersecting: true }]));
      }
      observe(): void {}
      disconnect(): void {}
    }
    vi.stubGlobal("IntersectionObserver", Seeing);
    Object.assign(URL, { createObjectURL: () => "blob:picture", revokeObjectURL: () => undefined });
    api.conversations.set("c1", conversation({ head: "m1", file_ids: ["f1", "f2"] }));
    api.files.put({ file_id: "f1", name: "garden.png", group: "image", format: "PNG" });
    api.files.put({ file_id: "f2", name: "thesis.pdf" });
    held({ message_id: "m1", files: [api.files.attached("f1"), api.files.attached("f2")] });
    open("/c/c1");
    const chip = await screen.findByRole("button", { name: "Open garden.png" });
    expect(chip).toHaveTextContent(/^garden\.png$/);
    expect(chip).toHaveAccessibleDescription(/MB|tokens/);
    expect(api.sent("GET", /\/content$/), "nothing before it is seen").toEqual([]);
    act(() => seen.forEach((see) => see()));
    await pass(300);
    expect(api.sent("GET", /\/content$/).map(({ path }) => path)).toEqual(["/files/f1/content"]);
    expect(await screen.findByAltText("garden.png")).toHaveAttribute("src", "blob:picture");
    expect(screen.queryByAltText("thesis.pdf")).toBeNull();
  });

  it("tells what an answer cost to who asks", async () => {
    const usage = { input_tokens: 1_000, output_tokens: 89, cache_read_input_tokens: 900, cache_creation_input_tokens: 100, cost_usd: 0.0059 };
    api.conversations.set("c1", conversation({ head: "a1" }));
    held({ message_id: "m1" }, { message_id: "a1", parent_id: "m1", role: "assistant", usage });
    open("/c/c1");
    const more = await screen.findByRole("button", { name: "Tokens and cost of this answer" });
    expect(screen.queryByText("2,000")).toBeNull();
    await person.click(more);
    expect(screen.getByRole("group", { name: "Tokens and cost of this answer" })).toHaveTextContent(/2,000.*89.*\$0\.0059/);
  });

  it("shows what was thought as it is meant, once it is opened", async () => {
    api.conversations.set("c1", conversation({ head: "a1" }));
    const content = [
      { type: "thinking" as const, thinking: "Is it **heavy**?\n\n- yes\n- no" },
      { type: "text" as const, text: "Yes." },
    ];
    held({ message_id: "m1" }, { message_id: "a1", parent_id: "m1", role: "assistant", content });
    open("/c/c1");
    const thinking = (await screen.findByText("Thinking")).closest("details") as HTMLDetailsElement;
    expect(screen.queryByText("heavy")).toBeNull();
    thinking.open = true;
    fireEvent(thinking, new Event("toggle"));
    expect((await screen.findByText("heavy")).tagName).toBe("STRONG");
    expect(within(thinking).getAllByRole("listitem")).toHaveLength(2);
  });
});

describe("on paper", () => {
  it("a conversation tells its sources and where its links lead, and only there", async () => {
    api.conversations.set("c1", conversation({ head: "a1" }));
    const text = "See [the manual](https://example.com/manual) and https://example.com/faq.";
    held({ message_id: "m1" }, { message_id: "a1", parent_id: "m1", role: "assistant", content: [cited(text, citation(2))] });
    open("/c/c1");
    const link = await screen.findByRole("link", { name: "the manual" });
    const sources = screen.getByText("1 source").closest("details") as HTMLDetailsElement;
    window.dispatchEvent(new Event("beforeprint"));
    expect(link).toHaveAttribute("data-address", "https://example.com/manual");
    expect(screen.getByRole("link", { name: "https://example.com/faq" })).not.toHaveAttribute("data-address");
    expect(sources.open).toBe(true);
    window.dispatchEvent(new Event("afterprint"));
    expect(sources.open).toBe(false);
  });
});

describe("printing a part of a thread", () => {
  let print: ReturnType<typeof vi.spyOn>;

  beforeEach(() => {
    print = vi.spyOn(window, "print").mockReturnValue();
    api.conversations.set("c1", conversation({ title: "Cats", head: "a2" }));
    held({ message_id: "m1" }, { message_id: "a1", parent_id: "m1", role: "assistant" }, { message_id: "m2", parent_id: "a1" }, { message_id: "a2", parent_id: "m2", role: "assistant" });
    api.messagesAPage = 2;
  });

  afterEach(() => print.mockRestore());

  const printKey = (key: string): KeyboardEvent => {
    const event = new KeyboardEvent("keydown", { key: "p", [key]: true, cancelable: true, bubbles: true });
    document.body.dispatchEvent(event);
    return event;
  };

  it.each(["ctrlKey", "metaKey"])("loads the rest first, and prints once: %s", async (key) => {
    open("/c/c1");
    expect(await screen.findByText("text of a2")).toBeInTheDocument();
    expect(screen.queryByText("text of m1")).toBeNull();
    expect([printKey(key), printKey(key)].map((event) => event.defaultPrevented)).toEqual([true, true]);
    await waitFor(() => expect(print).toHaveBeenCalled());
    expect(screen.getByText("text of m1")).toBeInTheDocument();
    await pass(500);
    expect(print).toHaveBeenCalledOnce();
    expect(printKey(key).defaultPrevented, "all is here: the browser's own").toBe(false);
  });

  it("is offered by the menu of the conversation that is open, and does the same", async () => {
    open("/c/c1");
    await screen.findByText("text of a2");
    expect(screen.getByText(/^Earlier messages .* “Print” in its menu/)).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: /Cats/ }));
    await person.click(screen.getByRole("menuitem", { name: "Print" }));
    await waitFor(() => expect(print).toHaveBeenCalledOnce());
    expect(screen.getByText("text of m1")).toBeInTheDocument();
  });

  it("prints nothing else where the conversation is left meanwhile", async () => {
    const { navigate } = await import("wouter/use-browser-location");
    open("/c/c1");
    await screen.findByText("text of a2");
    printKey("ctrlKey");
    act(() => navigate("/"));
    await pass(500);
    expect(print).not.toHaveBeenCalled();
  });
});
