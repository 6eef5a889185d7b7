import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { conversation } from "@/test/records";

import { api, composer, openApp as open, pass, person, prepareApp } from "@/test/openApp";

prepareApp();

describe("the chat", () => {
  it("begins a conversation: shows the message at once, goes to its address, streams the answer, keeps the focus", async () => {
    open();
    await person.type(await composer(), "Hello there{Enter}");
    expect(screen.getByRole("article", { name: "Your message" })).toHaveTextContent("Hello there");
    await waitFor(() => expect(window.location.pathname).toMatch(/^\/c\/c-/));
    const answerId = api.messages[1]?.message_id ?? "";
    api.write(answerId, "Good **day**");
    await pass(2_000);
    expect(screen.getByRole("article", { name: "Claude’s answer" })).toHaveTextContent("Good day");
    expect(screen.getByRole("button", { name: "Stop" })).toBeInTheDocument();
    api.finish(answerId);
    await pass(4_000);
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    expect(screen.getAllByRole("article")).toHaveLength(2);
    expect(await composer()).toHaveFocus();
    expect(await composer()).toHaveValue("");
  });

  it("joins an answer in progress", async () => {
    const { message_id: answerId } = api.beginElsewhere("c1", "Asked on the phone");
    api.write(answerId, "Half of it");
    open("/c/c1");
    expect(await screen.findByText("Half of it")).toBeInTheDocument();
    api.write(answerId, " and the rest");
    api.finish(answerId);
    await pass(4_000);
    expect(screen.getByText("Half of it and the rest")).toBeInTheDocument();
    expect(screen.getAllByRole("article", { name: "Claude’s answer" })).toHaveLength(1);
  });

  it("keeps a message that comes second, shows the answer in progress, and sends it afterwards", async () => {
    open("/c/c1");
    const box = await composer();
    await pass(100);
    const { message_id: first } = api.beginElsewhere("c1", "From the other tab");
    await person.type(box, "From this tab{Enter}");
    expect(await screen.findByText(/An answer is in progress/)).toBeInTheDocument();
    api.write(first, "An answer to the other tab");
    await pass(3_000);
    expect(screen.getByText("From the other tab")).toBeInTheDocument();
    expect(screen.getByText("An answer to the other tab")).toBeInTheDocument();
    expect(screen.getByText("From this tab")).toBeInTheDocument();
    api.finish(first);
    await pass(6_000);
    const posts = api.sent("POST", /\/messages$/);
    expect(posts).toHaveLength(2);
    expect(posts[0]?.body).toEqual(posts[1]?.body);
    expect(api.messages.filter((item) => item.role === "user")).toHaveLength(2);
    expect(screen.queryByText(/An answer is in progress/)).toBeNull();
    expect(screen.getAllByText("From this tab")).toHaveLength(1);
  });

  it("tells of a limit until when a message waits, and sends it then", async () => {
    api.limitedForS = 20;
    open("/c/c1");
    await person.type(await composer(), "Too fast{Enter}");
    expect(await screen.findByText(/^Too many messages at once\. Yours is kept and goes out at \d+:\d\d:\d\d/)).toBeInTheDocument();
    expect(screen.getByText("Too fast")).toBeInTheDocument();
    await pass(20_000);
    const posts = api.sent("POST", /\/messages$/);
    expect(posts).toHaveLength(2);
    expect(posts[0]?.body).toEqual(posts[1]?.body);
    expect(screen.queryByText(/Too many messages/)).toBeNull();
  });

  it("lets a waiting message be taken back into the composer", async () => {
    const { message_id: first } = api.beginElsewhere("c1", "Other");
    open("/c/c1");
    await person.type(await composer(), "Mine");
    await person.click(await screen.findByRole("button", { name: "Send after this answer" }));
    await person.click(await screen.findByRole("button", { name: "Cancel and edit" }));
    expect(await composer()).toHaveValue("Mine");
    api.write(first, "x");
    api.finish(first);
    await pass(6_000);
    expect(api.sent("POST", /\/messages$/)).toHaveLength(0);
  });

  it("keeps the text when the network is away, and sends it once under one request_id", async () => {
    open("/c/c1");
    const box = await composer();
    await pass(100);
    await person.type(box, "Important");
    api.offline = 3;
    await person.keyboard("{Enter}");
    await pass(5_000);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("cannot be reached");
    expect(screen.getByText("Important")).toBeInTheDocument();
    await person.click(within(alert).getByRole("button", { name: "Try again" }));
    await pass(1_000);
    const posts = api.sent("POST", /\/messages$/);
    expect(posts).toHaveLength(4);
    expect(new Set(posts.map((post) => post.body?.["request_id"])).size).toBe(1);
    expect(api.messages.filter((item) => item.role === "user")).toHaveLength(1);
  });

  it("stops an answer with Escape, and keeps what was shown", async () => {
    const { message_id: answerId } = api.beginElsewhere("c1", "Go on and on");
    api.write(answerId, "Once upon");
    open("/c/c1");
    await screen.findByText("Once upon");
    // As Safari tells of the key that leaves what an input method composes.
    fireEvent.keyDown(await composer(), { key: "Escape", keyCode: 229 });
    await pass(1_000);
    expect(api.sent("POST", /\/stop$/)).toEqual([]);
    await person.keyboard("{Escape}");
    await pass(1_000);
    expect(api.sent("POST", /\/stop$/)).toHaveLength(1);
    expect(await screen.findByText(/Stopped/)).toBeInTheDocument();
    expect(screen.getByText("Once upon")).toBeInTheDocument();
  });

  it("sends an edit below the parent of what it replaces", async () => {
    const { message_id: answerId } = api.beginElsewhere("c1", "First try");
    api.write(answerId, "ok");
    api.finish(answerId);
    open("/c/c1");
    await person.click(await screen.findByRole("button", { name: "Edit" }));
    const field = screen.getByRole("textbox", { name: "Edit your message" });
    await person.clear(field);
    await person.type(field, "Second try");
    await person.click(screen.getByRole("button", { name: "Send edited" }));
    await pass(1_000);
    expect(api.sent("POST", /\/messages$/)[0]?.body).toMatchObject({ text: "Second try", parent_id: null });
    expect(screen.getByText("Second try")).toBeInTheDocument();
    expect(screen.queryByText("First try")).toBeNull();
    await person.click(screen.getByRole("button", { name: "Previous version" }));
    expect(screen.getByText("First try")).toBeInTheDocument();
  });

  it("writes a new line with Shift and Enter, and sends nothing that is blank", async () => {
    open();
    await person.type(await composer(), "  {Shift>}{Enter}{/Shift}  {Enter}");
    expect(await composer()).toHaveValue("  \n  ");
    expect(api.sent("POST", /./)).toHaveLength(0);
    expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  });

  it("keeps a draft for each conversation, across a reload", async () => {
    const { unmount } = open("/c/c1");
    await person.type(await composer(), "Not yet sent");
    await pass(500);
    unmount();
    open("/c/c1");
    expect(await composer()).toHaveValue("Not yet sent");
    await person.click(screen.getByRole("button", { name: "New conversation" }));
    expect(await composer()).toHaveValue("");
    await person.click(await screen.findByRole("link", { name: "Cats" }));
    expect(await composer()).toHaveValue("Not yet sent");
  });

  it("gives the text back as the draft when the session is over", async () => {
    const { session, unmount } = open("/c/c1");
    await person.type(await composer(), "Precious");
    api.isExpired = true;
    await person.keyboard("{Enter}");
    await pass(500);
    expect(session.state.get().status).toBe("expired");
    unmount();
    api.isExpired = false;
    open("/c/c1");
    expect(await composer()).toHaveValue("Precious");
    expect(window.location.pathname).toBe("/c/c1");
  });

  it("says when a conversation does not exist", async () => {
    open("/c/nowhere");
    expect(await screen.findByRole("alert")).toHaveTextContent("This conversation does not exist");
    expect(screen.queryByRole("textbox", { name: "Message to Claude" })).toBeNull();
  });

  it("says when the stored model is no longer on offer", async () => {
    api.conversations.set("c1", conversation({ model_note: "Claude Z is no longer on offer; Claude A answers instead." }));
    open("/c/c1");
    expect(await screen.findByText(/no longer on offer/)).toBeInTheDocument();
  });

  it("tells in its last 14 days when a conversation is deleted, and keeps it", async () => {
    const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
    api.conversations.set("c1", conversation({ kept_until: inDays(13) }));
    open("/c/c1");
    expect(await screen.findByText(/This conversation will be deleted on/)).toBeInTheDocument();
    api.conversations.set("c1", conversation({ kept_until: inDays(90) }));
    screen.getByRole("button", { name: "Keep" }).focus();
    await person.keyboard("{Enter}");
    await pass(500);
    expect(api.sent("PATCH", /^\/conversations\/c1$/)[0]?.body).toEqual({ kept: true });
    expect(screen.queryByText(/will be deleted on/)).toBeNull();
    expect(await composer()).toHaveFocus();
  });

  it("says no more that a conversation is deleted once it is used", async () => {
    api.conversations.set("c1", conversation({ kept_until: new Date(Date.now() + 86_400_000).toISOString() }));
    open("/c/c1");
    expect(await screen.findByText(/This conversation will be deleted on/)).toBeInTheDocument();
    await person.type(await composer(), "Still needed{Enter}");
    await pass(500);
    expect(screen.queryByText(/will be deleted on/)).toBeNull();
  });

  it("says in the settings for how long it keeps what is not used", async () => {
    open();
    await person.click(await screen.findByRole("button", { name: /Settings and account/ }));
    expect(screen.getByText("Conversations and files are deleted 90 days after their last use.")).toBeInTheDocument();
  });

  it("sends the chosen model with a new conversation", async () => {
    open();
    await person.click(await screen.findByRole("button", { name: "Model: Claude A" }));
    await person.click(screen.getByRole("menuitemradio", { name: /Claude B/ }));
    await person.type(await composer(), "Hi{Enter}");
    await pass(500);
    expect(api.sent("POST", /^\/conversations$/)[0]?.body).toMatchObject({ model: "claude-b", message: { text: "Hi" } });
  });
});
