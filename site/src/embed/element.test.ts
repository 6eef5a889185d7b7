/** The element as a foreign page has it, on a faked API. */
import { waitFor } from "@testing-library/dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Comment } from "@/api/types";

import type { ChatappComments } from "./element";

/** What jsdom lacks; the styles themselves are seen in the end-to-end tests. */
class Sheet {
  replaceSync(): void {}
}

let requests: string[] = [];
let sent: RequestInit = {};
let answers: ((url: URL) => Response | Promise<Response>)[] = [];
let count = 0;

const comment = (text: string, fields: Partial<Comment> = {}): Comment => {
  count += 1;
  return {
    id: `c${String(count).padStart(3, "0")}`,
    sectionId: "projects",
    text,
    author: { name: "Ada", is_owner: false },
    timestamp: "2026-11-21T12:00:00.000Z",
    edited_at: null,
    reply_to: null,
    replies: [],
    status: "visible",
    ...fields,
  };
};

const page = (comments: Comment[], next_cursor: string | null = null, open = true) => () =>
  Response.json({ section: { section_id: "projects", title: "Projects", url: "https://p.example/", open }, comments, next_cursor });

function place(attributes = 'section="projects"'): ShadowRoot {
  document.body.innerHTML = `<main lang="en"><chatapp-comments ${attributes}></chatapp-comments></main>`;
  const root = document.querySelector("chatapp-comments")?.shadowRoot;
  if (!root) throw new Error("The element has no shadow root.");
  return root;
}

const texts = (root: ShadowRoot, part: string): (string | null)[] =>
  [...root.querySelectorAll(`[part~="${part}"]`)].map((found) => found.textContent);

beforeEach(async () => {
  requests = [];
  answers = [];
  vi.stubGlobal("CSSStyleSheet", Sheet);
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    requests.push(address);
    sent = init;
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(new URL(address, "https://api.test"));
  });
  await import("./main");
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe("the element", () => {
  it("shows comments newest first with their replies, by one request", async () => {
    const reply = comment("A reply", { author: { name: "Grace", is_owner: true }, reply_to: "c001" });
    answers = [page([comment("Second"), comment("First", { replies: [reply] })])];
    const root = place();
    await waitFor(() => expect(texts(root, "text")).toEqual(["Second", "First", "A reply"]));
    expect(root.querySelector('[part~="replies"] [part~="owner"]')).toHaveTextContent("Owner");
    expect(texts(root, "heading")).toEqual(["3 comments"]);
    expect([sent.credentials, sent.headers], "nobody's, and with nothing to ask about before").toEqual(["omit", undefined]);
    expect(requests).toEqual(["%CHATAPP_API_URL%/commentaires?sectionId=projects&limit=20"]);
  });

  it("shows what people wrote as text, whatever it holds", async () => {
    const text = '<img src=x onerror="alert(1)"> javascript:alert(1) **b** https://example.org/a.\n\n\u202eabc https://u:p@evil.example';
    answers = [page([comment(text, { author: { name: "<b>Ada</b>\u202e", is_owner: false } })])];
    const root = place();
    await waitFor(() => expect(texts(root, "author")).toEqual(["<b>Ada</b>\u202e"]));
    expect(root.querySelector("img, b, script")).toBeNull();
    expect(texts(root, "text").join("\n\n")).toBe(text);
    const links = [...root.querySelectorAll<HTMLAnchorElement>('a[part="link"]')];
    expect(links.map(({ href, rel }) => [href, rel])).toEqual([["https://example.org/a", "nofollow ugc noopener noreferrer"]]);
    expect(root.querySelector('[part~="author"]')?.localName, "whose name turns no direction").toBe("bdi");
    expect([...root.querySelectorAll('[part~="text"]')].every((found) => found.getAttribute("dir") === "auto")).toBe(true);
  });

  it("keeps the place of what was deleted", async () => {
    answers = [page([comment("", { author: null, status: "deleted", replies: [comment("Still here")] })])];
    const told: unknown[] = [];
    document.addEventListener("chatapp-comments", ({ target }) => told.push(target), { once: true });
    const root = place();
    await waitFor(() => expect(texts(root, "deleted")).toEqual(["This comment was deleted."]));
    expect(texts(root, "text")).toEqual(["Still here"]);
    expect(texts(root, "heading")).toEqual(["1 comment"]);
    expect(told, "the page is told").toEqual([document.querySelector("chatapp-comments")]);
  });

  it("leads to the site for writing, with the way back", async () => {
    window.history.replaceState(null, "", "/work?a=1#c");
    answers = [page([])];
    const root = place();
    const link = await waitFor(() => {
      const found = root.querySelector<HTMLAnchorElement>('[part="write"]');
      if (!found) throw new Error("There is no link yet.");
      return found;
    });
    expect(link.getAttribute("href")).toBe(`%CHATAPP_SITE_URL%/sections/projects?return=${encodeURIComponent(location.href)}`);
    expect(root.querySelector("form, input, textarea")).toBeNull();
    expect(texts(root, "notice")).toEqual(["No comment yet."]);
  });

  it("reads on, counts by a second request then, and puts late replies under their comment", async () => {
    const root1 = comment("Has many replies");
    answers = [
      page([comment("Newer"), root1], "next"),
      () => Response.json({ counts: { projects: 41 } }),
      page([comment("Late reply", { reply_to: root1.id }), comment("Older")]),
    ];
    const root = place();
    await waitFor(() => expect(texts(root, "heading")).toEqual(["41 comments"]));
    root.querySelector<HTMLButtonElement>('[part="more"]')?.click();
    await waitFor(() => expect(texts(root, "text")).toEqual(["Newer", "Has many replies", "Late reply", "Older"]));
    expect(root.querySelector('[part="replies"]')).toHaveTextContent("Late reply");
    expect(requests.at(-1)).toContain("cursor=next");
    expect(root.querySelector("button")).toBeNull();
  });

  it("says what failed and tries again", async () => {
    const root = place();
    await waitFor(() => expect(texts(root, "notice")).toEqual(["The comments could not be loaded."]));
    answers = [page([comment("Here now")])];
    root.querySelector<HTMLButtonElement>('[part="retry"]')?.click();
    await waitFor(() => expect(texts(root, "text")).toEqual(["Here now"]));
  });

  it.each([
    [() => Response.json({ error: {} }, { status: 404 }), "These comments do not exist."],
    [() => Response.json({ error: {} }, { status: 500 }), "The comments could not be loaded."],
    [page([], null, false), "This section takes no new comments."],
  ])("says what there is not: %#", async (answer, text) => {
    answers = [answer];
    const root = place();
    await waitFor(() => expect(texts(root, "notice")).toEqual([text]));
    expect(root.querySelector('[part="write"]')).toBeNull();
  });

  it("speaks the language of the page around it, or its own", async () => {
    answers = [page([]), page([])];
    document.body.innerHTML = '<div lang="fr-CA"><chatapp-comments section="projects"></chatapp-comments></div>';
    const element = document.querySelector("chatapp-comments");
    await waitFor(() => expect(element?.shadowRoot?.textContent).toContain("Aucun commentaire."));
    element?.setAttribute("lang", "en");
    expect(element?.shadowRoot?.textContent).toContain("No comment yet.");
    expect(requests, "nothing is read again for that").toHaveLength(1);
  });

  it("reads another section when it is given one, and drops what was on its way", async () => {
    let release: (response: Response) => void = () => undefined;
    answers = [() => new Promise((resolve) => (release = resolve)), page([comment("Of the other")])];
    const root = place();
    document.querySelector("chatapp-comments")?.setAttribute("section", "other");
    await waitFor(() => expect(texts(root, "text")).toEqual(["Of the other"]));
    release(page([comment("Too late")])());
    await new Promise((resolve) => setTimeout(resolve));
    expect(texts(root, "text")).toEqual(["Of the other"]);
    expect(requests[1]).toContain("sectionId=other");
  });
});

describe("the page's author", () => {
  const unknown = () => Response.json({ error: {} }, { status: 404 });

  it.each([
    ["", 'has no "section" attribute'],
    ['section="projetcs"', 'section="projetcs">: the site knows no such section'],
  ])("is told in the console, once, why there are no comments: %s", async (attributes, cause) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    answers = [unknown, unknown];
    const root = place(attributes);
    await waitFor(() => expect(texts(root, "notice")).toEqual(["These comments do not exist."]));
    await (document.querySelector("chatapp-comments") as ChatappComments).reload();
    expect(warn.mock.calls.map(([said]) => String(said))).toEqual([expect.stringContaining(cause)]);
    warn.mockRestore();
  });
});

it("writes days as in the browser's region of its language", async () => {
  const languages = vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
  answers = [page([comment("Dated")])];
  const root = place();
  await waitFor(() => expect(texts(root, "time")).toEqual(["21 Nov 2026"]));
  languages.mockRestore();
});

it("is defined once, however often the script is loaded", async () => {
  vi.resetModules();
  await expect(import("./main")).resolves.toBeDefined();
});
