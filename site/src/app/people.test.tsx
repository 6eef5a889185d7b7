/** The owner's pages, as the whole site has them. */
import { cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { FakeCommunity, moderated, person as someone, refused } from "@/test/fakeCommunity";
import { api as chat, openApp, openAsOwner, person, prepareApp } from "@/test/openApp";

configure({ asyncUtilTimeout: 10_000 });
prepareApp();

let api: FakeCommunity;

beforeEach(() => {
  api = new FakeCommunity();
  api.install(fetch);
  api.people = [someone({ user_id: "me", email: "grace@example.com", groups: ["owners"], is_me: true }), someone()];
});

async function choose(email: string, action: string): Promise<void> {
  await person.click(await screen.findByRole("button", { name: `Actions for ${email}` }));
  await person.click(screen.getByRole("menuitem", { name: action }));
}

const row = (email: string) => screen.getByRole("row", { name: new RegExp(email) });

describe("the owner's pages", () => {
  it("are led to for owners alone, and shown to them alone", async () => {
    openApp("/people");
    expect(await screen.findByText("This page is for owners")).toBeInTheDocument();
    expect(api.asked).toEqual([]);
    cleanup();
    openApp("/chat");
    await screen.findByRole("textbox", { name: "Message to Claude" });
    expect(screen.queryByRole("link", { name: /People|Moderation/ })).toBeNull();
    cleanup();
    openAsOwner("/chat");
    await person.click(await screen.findByRole("link", { name: "People" }));
    expect(await screen.findByRole("table", { name: "People with an account" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Moderation" })).toBeInTheDocument();
  });
});

describe("people", () => {
  it("are listed with what they use, and searched by address", async () => {
    api.people.push(someone({ user_id: "eve", email: "eve@example.com", last_used_at: new Date(Date.now() - 3 * 86_400_000).toISOString() }));
    openAsOwner("/people");
    expect(await screen.findByText("bob@example.com")).toBeInTheDocument();
    expect(row("eve")).toHaveTextContent("3 days ago");
    expect(row("bob")).toHaveTextContent(/Member.*\$3\.00 of \$20\.00.*2 GB/);
    await person.type(screen.getByRole("searchbox", { name: "Search by email" }), "gra");
    await waitFor(() => expect(screen.queryByText("bob@example.com")).toBeNull());
    expect(screen.getByText("grace@example.com")).toBeInTheDocument();
    await person.type(screen.getByRole("searchbox"), "x");
    expect(await screen.findAllByText("Nobody’s email begins with “grax”.")).not.toEqual([]);
  });

  it("are invited, into a group", async () => {
    openAsOwner("/people");
    await person.click(await screen.findByRole("button", { name: "Invite" }));
    const dialog = screen.getByRole("dialog", { name: "Invite someone" });
    await person.type(within(dialog).getByLabelText("Email"), "new@example.com");
    await person.click(within(dialog).getByRole("radio", { name: "Comments" }));
    await person.click(within(dialog).getByRole("button", { name: "Send the invitation" }));
    expect(await screen.findByText("An invitation is on its way to new@example.com.")).toBeInTheDocument();
    expect(api.sent("POST", "/people")).toEqual([{ email: "new@example.com", groups: [] }]);
    expect(await screen.findByText("new@example.com")).toBeInTheDocument();
  });

  it("stay asked for when the address is there already", async () => {
    api.instead.set("POST /people", refused(409, "already_there"));
    openAsOwner("/people");
    await person.click(await screen.findByRole("button", { name: "Invite" }));
    await person.type(screen.getByLabelText("Email"), "bob@example.com{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("has an account already");
    await person.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button", { name: "Invite" })).toHaveFocus();
  });

  it.each([
    ["Make owner", { groups: ["owners"] }, { groups: ["members"] }],
    ["Comments only", { groups: [] }, { groups: ["members"] }],
    ["Disable", { disabled: true }, { disabled: false }],
  ])("%s, and back", async (action, change, back) => {
    openAsOwner("/people");
    await choose("bob@example.com", action);
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("It is as it was before.")).toBeInTheDocument();
    expect(api.sent("PATCH", "/people/bob")).toEqual([change, back]);
  });

  it("are given a budget of their own, and the site's again", async () => {
    openAsOwner("/people");
    await choose("bob@example.com", "Set the budget…");
    await person.click(screen.getByRole("radio", { name: "A budget of their own" }));
    const field = screen.getByLabelText("US dollars a month");
    await person.clear(field);
    await person.type(field, "lots");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await person.clear(field);
    await person.type(field, "7,5{Enter}");
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(api.sent("PATCH", "/people/bob")).toEqual([{ budget_usd: 7.5 }, { budget_usd: null }]));
  });

  it("are deleted when their address was typed, and not before", async () => {
    openAsOwner("/people");
    await choose("bob@example.com", "Delete…");
    const confirm = screen.getByRole("button", { name: "Delete for good" });
    await person.type(screen.getByLabelText("Type bob@example.com to confirm"), "bob@example.co");
    expect(confirm).toBeDisabled();
    await person.keyboard("{Enter}");
    expect(api.sent("DELETE", "/people/bob")).toEqual([]);
    await person.type(screen.getByLabelText("Type bob@example.com to confirm"), "m");
    await person.click(confirm);
    await waitFor(() => expect(screen.queryByRole("row", { name: /bob/ })).toBeNull());
    expect(api.sent("DELETE", "/people/bob")).toEqual([{ email: "bob@example.com" }]);
  });

  it("say why the last owner stays, and let nobody shut themselves out by a click", async () => {
    api.instead.set("DELETE /people/me", refused(409, "last_owner"));
    openAsOwner("/people");
    await person.click(await screen.findByRole("button", { name: "Actions for grace@example.com" }));
    expect(screen.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual(["Set the budget…", "Delete…"]);
    await person.click(screen.getByRole("menuitem", { name: "Delete…" }));
    await person.type(screen.getByLabelText(/Type grace/), "grace@example.com{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This is the last owner.");
    expect(screen.getByRole("dialog")).toHaveTextContent("Your account, conversations and files go for good");
  });

  it("lets an owner be one no longer where there is another one", async () => {
    api.people.push(someone({ user_id: "eve", email: "eve@example.com", groups: ["owners"] }));
    openAsOwner("/people");
    await choose("grace@example.com", "No longer an owner");
    await waitFor(() => expect(api.sent("PATCH", "/people/me")).toEqual([{ groups: ["members"] }]));
    await screen.findByText("grace@example.com is a member: chat and files.");
    expect(screen.queryByRole("button", { name: "Undo" }), "which only the other one could do").toBeNull();
  });

  it("are invited again while they have not come", async () => {
    api.people.push(someone({ user_id: "new", email: "new@example.com", status: "invited", groups: [] }));
    openAsOwner("/people");
    await choose("new@example.com", "Send the invitation again");
    expect(await screen.findByText("Another invitation is on its way to new@example.com.")).toBeInTheDocument();
    await choose("new@example.com", "Let in");
    await waitFor(() => expect(api.sent("PATCH", "/people/new")).toEqual([{ groups: ["members"] }]));
  });

  it("are tried again when they could not be loaded", async () => {
    api.instead.set("GET /people", refused(403, "forbidden"));
    openAsOwner("/people");
    expect(await screen.findByRole("alert")).toHaveTextContent("Your account may not do this.");
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("bob@example.com")).toBeInTheDocument();
    expect(chat.requests.some(({ path }) => path.startsWith("/people"))).toBe(false);
  });
});

describe("moderation", () => {
  beforeEach(() => {
    api.queue = [moderated({ id: "q1", text: "First" }), moderated({ id: "q2", text: "Second", user_id: "bob" })];
  });

  const articles = () => screen.queryAllByRole("article", { name: "Comment by Bob on Projects" });
  const decided = (id: string) => api.sent("POST", `/moderation/commentaires/${id}`);

  it("approves what waits, which leaves the list, and takes it back", async () => {
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Approve" }));
    await waitFor(() => expect(articles()).toHaveLength(1));
    expect(articles()[0]).toHaveFocus();
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(decided("q1")).toMatchObject([{ action: "approve" }, { action: "hide" }]));
  });

  it("approves all that waits of one writer, and says how far it came where one is refused", async () => {
    api.queue.push(moderated({ id: "q3", text: "Third" }), moderated({ id: "q4", user_id: "eve", author: { name: "Eve", is_owner: false } }));
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(3));
    expect(articles()[0]).toHaveTextContent("None of theirs approved yet");
    expect(within(screen.getByRole("article", { name: /Eve/ })).queryByRole("button", { name: /of theirs/ })).toBeNull();
    api.instead.set("POST /moderation/commentaires/q2", refused(409, "moderated"));
    await person.click(screen.getAllByRole("button", { name: "Approve all of theirs (3)" })[0] as HTMLElement);
    expect(await screen.findByText(/^1 of 3 approved\. Somebody else has decided/)).toBeInTheDocument();
    expect([decided("q1"), decided("q3")].map((asked) => asked.length), "nothing after it").toEqual([1, 0]);
    await person.click((await screen.findAllByRole("button", { name: "Approve all of theirs (2)" }))[0] as HTMLElement);
    expect(await screen.findByText("2 comments by Bob approved: everyone sees them.")).toBeInTheDocument();
    await waitFor(() => expect(articles()).toEqual([]));
    expect(decided("q4")).toEqual([]);
  });

  it("goes by keys: j and k, a, h", async () => {
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    await person.keyboard("jjk");
    expect(articles()[0]).toHaveFocus();
    await person.keyboard("h");
    await waitFor(() => expect(decided("q1")).toMatchObject([{ action: "hide" }]));
    await waitFor(() => expect(articles()).toHaveLength(1));
    await person.keyboard("a");
    await waitFor(() => expect(decided("q2")).toMatchObject([{ action: "approve" }]));
    expect(await screen.findByText("Nothing waits")).toBeInTheDocument();
  });

  it("does nothing by keys while something is written", async () => {
    api.queue = [moderated({ id: "q1", status: "visible", why_held: null })];
    openAsOwner("/moderation");
    await person.click(await screen.findByRole("radio", { name: "All" }));
    await waitFor(() => expect(articles()).toHaveLength(1));
    await person.keyboard("jr");
    await person.type(screen.getByRole("textbox", { name: "Reply to Bob" }), "aha, h");
    await person.click(screen.getByRole("button", { name: "Publish" }));
    await waitFor(() => expect(api.sent("POST", "/commentaires")).toMatchObject([{ text: "aha, h", reply_to: "q1", sectionId: "projects" }]));
    expect(decided("q1")).toEqual([]);
  });

  it("shows what was reported, and what one person wrote", async () => {
    api.queue = [moderated({ id: "q1", reports: 2, status: "visible", why_held: null }), moderated({ id: "q3", user_id: "eve", author: { name: "Eve", is_owner: false } })];
    openAsOwner("/moderation");
    await person.click(await screen.findByRole("radio", { name: "Reported" }));
    await waitFor(() => expect(articles()).toHaveLength(1));
    expect(articles()[0]).toHaveTextContent("reported 2 times");
    await person.click(screen.getByRole("button", { name: "More for the comment by Bob" }));
    await person.click(screen.getByRole("menuitem", { name: "All comments of this person" }));
    const bar = await screen.findByRole("region", { name: "Comments by Bob" });
    expect(await within(bar).findByText("bob@example.com")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole("article", { name: /Eve/ })).toBeNull());
  });

  it("bans after a question, and lifts the ban", async () => {
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    await person.click(screen.getAllByRole("button", { name: "More for the comment by Bob" })[0] as HTMLElement);
    await person.click(screen.getByRole("menuitem", { name: "Ban this person…" }));
    expect(api.asked.filter(({ path }) => path.includes("bans"))).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Ban and hide their comments" }));
    expect(await screen.findByText("Nothing waits")).toBeInTheDocument();
    await person.click(screen.getByRole("radio", { name: "All" }));
    await waitFor(() => expect(articles()).toHaveLength(2));
    await person.click(screen.getAllByRole("button", { name: "More for the comment by Bob" })[0] as HTMLElement);
    await person.click(screen.getByRole("menuitem", { name: "All comments of this person" }));
    await person.click(await screen.findByRole("button", { name: "Lift the ban" }));
    await waitFor(() => expect(api.asked.filter(({ path }) => path.includes("bans")).map(({ method }) => method)).toEqual(["PUT", "DELETE"]));
  });

  it("says when somebody else was faster", async () => {
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    api.instead.set("POST /moderation/commentaires/q1", refused(409, "moderated"));
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Approve" }));
    expect(await screen.findByText(/Somebody else has decided/)).toBeInTheDocument();
  });

  it("approves the text that was shown alone, and shows what its writer made of it", async () => {
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    const [first, ...rest] = api.queue;
    if (first) api.queue = [{ ...first, text: "Changed", revision: 1 }, ...rest];
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Approve" }));
    expect(await screen.findByText(/Its writer has changed/)).toBeInTheDocument();
    await waitFor(() => expect(articles()[0]).toHaveTextContent("Changed"));
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Approve" }));
    await waitFor(() => expect(decided("q1")).toEqual([0, 1].map((revision) => ({ action: "approve", revision }))));
    await waitFor(() => expect(articles()).toHaveLength(1));
  });

  it("has its count beside the way to it, which follows what is decided", async () => {
    openAsOwner("/moderation");
    expect(await screen.findByRole("link", { name: /^Moderation\s*2 waiting$/ })).toBeInTheDocument();
    await waitFor(() => expect(articles()).toHaveLength(2));
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Approve" }));
    expect(await screen.findByRole("link", { name: /^Moderation\s*1 waiting$/ })).toBeInTheDocument();
    await waitFor(() => expect(articles()).toHaveLength(1));
    await person.click(within(articles()[0] as HTMLElement).getByRole("button", { name: "Hide" }));
    expect(await screen.findByRole("link", { name: "Moderation" })).toBeInTheDocument();
    cleanup();
    api.instead.set("GET /moderation/commentaires", [200, { comments: [moderated({ id: "q9" })], next_cursor: "more" }]);
    openAsOwner("/people");
    expect(await screen.findByRole("link", { name: /^Moderation\s*1\+ waiting$/ })).toBeInTheDocument();
  });

  it("tells of keys where there may be some alone", async () => {
    openAsOwner("/moderation");
    expect(await screen.findByText(/^Keys: j and k/)).toBeInTheDocument();
    cleanup();
    const match = vi.spyOn(window, "matchMedia").mockImplementation(
      (media) => ({ matches: false, media, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList,
    );
    openAsOwner("/moderation");
    await waitFor(() => expect(articles()).toHaveLength(2));
    expect(screen.queryByText(/^Keys: j and k/)).toBeNull();
    match.mockRestore();
  });

  it("edits a section where it is listed", async () => {
    openAsOwner("/moderation");
    await person.click(await screen.findByRole("radio", { name: "Sections" }));
    await person.click(await screen.findByRole("button", { name: "Edit “Projects”" }));
    const form = within(screen.getByRole("form", { name: "Edit “Projects”" }));
    await person.clear(form.getByLabelText("Title"));
    await person.type(form.getByLabelText("Title"), "My projects");
    api.instead.set("PUT /sections/projects", refused(400, "invalid_request"));
    await person.click(form.getByRole("button", { name: "Save" }));
    expect(await form.findByRole("alert")).toBeInTheDocument();
    await person.click(form.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("“My projects” was saved.")).toBeInTheDocument();
    expect(api.sent("PUT", "/sections/projects")[1]).toEqual({ title: "My projects", url: "https://portfolio.example/", open: true });
    expect(screen.queryByRole("form", { name: /^Edit/ })).toBeNull();
    expect(screen.getByRole("button", { name: "Edit “My projects”" })).toHaveFocus();
  });

  it("has the sections: a new one, and one that is closed", async () => {
    openAsOwner("/moderation");
    await person.click(await screen.findByRole("radio", { name: "Sections" }));
    await person.click(await screen.findByRole("button", { name: "Close" }));
    expect(await screen.findByText("“Projects” takes no more comments.")).toBeInTheDocument();
    expect(api.sent("PUT", "/sections/projects")).toEqual([{ title: "Projects", url: "https://portfolio.example/", open: false }]);
    await person.type(screen.getByLabelText("Short name"), "talks");
    await person.type(screen.getByLabelText("Title"), "Talks");
    await person.type(screen.getByLabelText("Address of the section on your page"), "https://portfolio.example/talks");
    await person.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(api.sent("PUT", "/sections/talks")).toEqual([{ title: "Talks", url: "https://portfolio.example/talks", open: true }]));
  });
});
