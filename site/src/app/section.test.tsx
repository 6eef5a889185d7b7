/** The page by who is there: a section's for everyone, a waiting one for whoever is in no group. */
import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Session, type Identity, type Provider } from "@/features/auth";
import { FakeCommunity, comment, mine, refused } from "@/test/fakeCommunity";
import { config as closed } from "@/test/openApp";
import { clearToasts } from "@/ui/toasts";

// Pages come as chunks of their own, on machines that are busy.
configure({ asyncUtilTimeout: 10_000 });

const ada = { userId: "ada", email: "ada@example.com" };
const person = userEvent.setup();
let api: FakeCommunity;
let session: Session;
/** What the next token says. */
let groups: string[];

vi.mock("@/features/auth", async (original) => ({ ...(await original<object>()), createSession: () => session }));

async function open(path: string, identity: Identity | null, config: Partial<typeof closed> = {}): Promise<void> {
  let there = identity;
  groups = [...(identity?.groups ?? [])];
  const provider: Partial<Provider> = {
    identity: async () => there,
    signIn: async () => {
      there = { ...ada, groups };
      return "done";
    },
    token: async () => ({ idToken: "token", expiresAtMs: Date.now() + 3_600_000, groups }),
    signOut: async () => undefined,
  };
  session = new Session(async () => provider as Provider, false);
  if (identity) session.state.set({ status: "signed-in", identity });
  window.history.replaceState(null, "", path);
  const { App } = await import("./App");
  render(<App config={{ ...closed, ...config }} />);
}

const openAsNobody = (path = "/sections/projects", config = {}) => open(path, { ...ada, groups: [] }, config);
const box = () => screen.findByRole("textbox", { name: "Your comment" });

async function write(text: string): Promise<void> {
  await person.type(await box(), text);
  await person.click(screen.getByRole("button", { name: "Publish" }));
}

beforeEach(() => {
  api = new FakeCommunity();
  api.install();
});

afterEach(() => {
  cleanup();
  clearToasts();
  vi.unstubAllGlobals();
});

describe("a section, to a visitor", () => {
  it("is read without a token, and written on after a sign-in that leads back", async () => {
    api.comments = [comment({ text: "See https://example.org/ <b>x</b>" })];
    await open("/sections/projects?return=https%3A%2F%2Fportfolio.example%2Fa", null, { comment_origins: ["https://portfolio.example"] });
    const link = await screen.findByRole("link", { name: "https://example.org/" });
    expect(link).toHaveAttribute("rel", "nofollow ugc noopener noreferrer");
    expect(screen.getByText(/<b>x<\/b>/)).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "Projects", level: 1 })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: /Back to portfolio\.example/ })).toHaveAttribute("href", "https://portfolio.example/a");
    expect(screen.queryByRole("button", { name: /Reply|Report/ })).toBeNull();
    expect(api.asked.length).toBeGreaterThan(0);
    expect(api.asked.filter(({ isSignedIn }) => isSignedIn)).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Sign in to comment" }));
    expect(await screen.findByRole("heading", { name: "Sign in to comment" })).toBeInTheDocument();
    expect(screen.queryByText(/chat|Claude/i), "of which a commenter knows nothing").toBeNull();
    expect(screen.getByText(/New accounts are by invitation/)).toBeInTheDocument();
    await person.type(screen.getByLabelText("Email"), "ada@example.com");
    await person.type(screen.getByLabelText("Password"), "secret");
    await person.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await box()).toBeInTheDocument();
    expect(screen.getByRole("link", { name: /Back to portfolio\.example/ })).toBeInTheDocument();
  });

  it("leads back to no origin that is not allowed", async () => {
    await open("/sections/projects?return=https%3A%2F%2Fevil.example%2F", null, { comment_origins: ["https://portfolio.example"] });
    await screen.findByRole("heading", { name: "Projects" });
    expect(screen.queryByRole("link", { name: /Back/ })).toBeNull();
    expect(document.body.innerHTML).not.toContain("evil");
  });

  it("says that there is none, or that it is closed", async () => {
    await open("/sections/other", null);
    expect(await screen.findByRole("heading", { name: "There is no such section" })).toBeInTheDocument();
    cleanup();
    api.section.open = false;
    await open("/sections/projects", null);
    expect(await screen.findByText("This section takes no new comments.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Sign in to comment" })).toBeNull();
  });
});

describe("writing", () => {
  it("shows the comment at once, changes it, deletes it and brings it back", async () => {
    await openAsNobody();
    await write("Hello");
    const article = await screen.findByRole("article", { name: "Comment by Ada" });
    expect(await box()).toHaveValue("");
    await person.click(within(article).getByRole("button", { name: "Edit your comment" }));
    await person.type(within(article).getByRole("textbox"), " there");
    await person.click(within(article).getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Hello there")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Delete your comment" }));
    await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Hello there")).toBeInTheDocument();
    const [sent] = api.sent("POST", "/commentaires");
    expect(sent).toMatchObject({ sectionId: "projects", text: "Hello", website: "" });
    expect(sent?.["elapsed_ms"]).toEqual(expect.any(Number));
  });

  it("answers a comment, beneath it", async () => {
    api.comments = [comment()];
    await openAsNobody();
    await person.click(await screen.findByRole("button", { name: "Reply to Bob" }));
    const replies = screen.getByRole("list", { name: "Replies to Bob" });
    await person.type(within(replies).getByRole("textbox", { name: "Reply to Bob" }), "Indeed");
    await person.click(within(replies).getByRole("button", { name: "Publish" }));
    const reply = await screen.findByRole("article", { name: "Reply by Ada" });
    expect(reply).toHaveTextContent("Indeed");
    expect(screen.getByRole("list", { name: "Replies to Bob" })).toContainElement(reply);
    expect(api.sent("POST", "/commentaires")[0]).toMatchObject({ reply_to: "c1" });
  });

  it("says that what waits is seen by nobody else", async () => {
    api.instead.set("POST /commentaires", [201, mine({ id: "m9", status: "held", why_held: "first", text: "First" })]);
    await openAsNobody();
    await write("First");
    expect(await screen.findByText("Waiting for approval: only you and the owner see it.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Reply to/ })).toBeNull();
  });

  it.each([
    ["too_fast", 409, {}, "That was very quick."],
    ["comments_banned", 403, {}, "The owner takes no more comments from you."],
    ["section_closed", 409, {}, "This section takes no new comments."],
    ["duplicate_comment", 409, {}, "You have written the same here already."],
    ["comment_gone", 409, {}, "was taken away"],
    ["rate_limited", 429, { retry_after_s: 40 }, "You can publish it after"],
    ["forbidden", 403, {}, "Your account may not do this."],
    ["internal", 500, {}, "Something went wrong on the server."],
  ])("says why it was refused, and keeps the text: %s", async (code, status, more, text) => {
    api.instead.set("POST /commentaires", refused(status, code, more));
    await openAsNobody();
    await write("Kept");
    expect(await screen.findByText(new RegExp(text.replaceAll(".", String.raw`\.`).replaceAll(" ", String.raw`\s`)))).toBeInTheDocument();
    expect(await box()).toHaveValue("Kept");
    cleanup();
    await openAsNobody();
    expect(await box(), "after a reload, too").toHaveValue("Kept");
  });

  it("is the same comment when it is sent again, and another one after that", async () => {
    api.instead.set("POST /commentaires", refused(500, "internal"));
    await openAsNobody();
    await write("Once");
    await screen.findByRole("alert");
    await person.click(screen.getByRole("button", { name: "Publish" }));
    await screen.findByRole("article");
    await write("Twice");
    await waitFor(() => expect(api.sent("POST", "/commentaires")).toHaveLength(3));
    const [first, again, other] = api.sent("POST", "/commentaires").map(({ request_id: id }) => id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("waits until it may be sent again", async () => {
    api.instead.set("POST /commentaires", refused(429, "rate_limited", { retry_after_s: 1 }));
    await openAsNobody();
    await write("Later");
    await waitFor(() => expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled());
    await waitFor(() => expect(screen.getByRole("button", { name: "Publish" })).toBeEnabled(), { timeout: 5_000 });
    expect(screen.queryByText(/too many comments/)).toBeNull();
  });

  it("is done under a name of one's own, which is refused by name", async () => {
    await openAsNobody();
    await person.click(await screen.findByTitle("Change your name"));
    api.instead.set("PATCH /me", refused(409, "display_name_taken", { field: "display_name" }));
    const field = screen.getByRole("textbox", { name: "Your name" });
    await person.clear(field);
    await person.type(field, "Grace{Enter}");
    expect(await screen.findByText(/This name stands for the owner/)).toBeInTheDocument();
    expect(api.sent("PATCH", "/me")).toEqual([{ display_name: "Grace" }]);
  });

  it("asks who has no name yet for one, and takes the comment without", async () => {
    api.me = { ...api.me, display_name: "Guest 1a2b", is_name_chosen: false };
    await openAsNobody();
    const field = () => screen.findByRole("textbox", { name: "Your name" });
    expect(await field()).toHaveAccessibleDescription(/you are called Guest 1a2b/);
    await write("Without");
    await screen.findByRole("article");
    expect(api.sent("PATCH", "/me")).toEqual([]);
    await person.type(await field(), " Grace ");
    await write("Under a name");
    await waitFor(() => expect(api.sent("POST", "/commentaires")).toHaveLength(2));
    expect(api.sent("PATCH", "/me")).toEqual([{ display_name: "Grace" }]);
    expect(screen.queryByRole("textbox", { name: "Your name" })).toBeNull();
  });

  it("reports what others wrote, after a question", async () => {
    api.comments = [comment()];
    await openAsNobody();
    await person.click(await screen.findByRole("button", { name: "Report the comment by Bob" }));
    expect(api.sent("POST", "/commentaires/c1/report")).toEqual([]);
    await person.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Report" }));
    expect(await screen.findByText("Reported. The owner will look at it.")).toBeInTheDocument();
    expect(api.sent("POST", "/commentaires/c1/report")).toHaveLength(1);
  });

  it("cannot be changed when its time is over", async () => {
    api.mine = [mine({ editable_until: "2026-11-21T12:15:00.000Z" })];
    await openAsNobody();
    await screen.findByRole("button", { name: "Delete your comment" });
    expect(screen.queryByRole("button", { name: "Edit your comment" })).toBeNull();
  });
});

describe("whoever is in no group", () => {
  it("waits, and has the chat once an owner has let them in", async () => {
    await openAsNobody("/chat");
    await person.click(await screen.findByRole("button", { name: "Check again" }));
    expect(await screen.findByText(/no owner has let you in so far/)).toBeInTheDocument();
    groups = ["members"];
    await person.click(screen.getByRole("button", { name: "Check again" }));
    expect(await screen.findByRole("textbox", { name: "Message to Claude" })).toBeInTheDocument();
  });

  it("is back to waiting when they are taken out while the page is open", async () => {
    await open("/chat", { ...ada, groups: ["members"] });
    await screen.findByRole("textbox", { name: "Message to Claude" });
    groups = [];
    await act(() => session.refresh());
    expect(await screen.findByRole("button", { name: "Check again" })).toBeInTheDocument();
  });
});

describe("a twin's page that is not there", () => {
  it.each(["/fr/", "/twin/ada/", "/twin/ada/en/"])("%s is said to be none, to somebody whom no sign-in helps", async (path) => {
    await open(path, null);
    expect(await screen.findByRole("heading", { name: "There is nothing at this address" })).toBeInTheDocument();
    expect(screen.queryByLabelText("Password")).toBeNull();
  });

  it.each(["/fr", "/twin/ada", "/twin/ada/en"])("%s is gone on to with its slash, where the page is", async (path) => {
    const replace = vi.fn<(url: string) => void>();
    await open(`${path}/`, null);
    cleanup();
    vi.stubGlobal("location", { pathname: path, search: "?from=cv", hash: "#notes", replace });
    const { App } = await import("./App");
    render(<App config={closed} />);
    expect(replace).toHaveBeenCalledWith(`${path}/?from=cv#notes`);
  });

  it("is not taken for the owner's page", async () => {
    await open("/twin", null);
    expect(await screen.findByLabelText("Password")).toBeInTheDocument();
  });
});
