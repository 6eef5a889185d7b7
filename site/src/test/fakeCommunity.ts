/** People, comments and sections at the API, in memory: behaves as the real one where the site can tell. */
import { vi } from "vitest";

import type { Comment, CountedSection, Me, ModeratedComment, MyComment, Person } from "@/api/types";

type Body = Record<string, unknown>;
type Reply = [status: number, body: unknown];

export interface Asked {
  method: string;
  path: string;
  body: Body;
  isSignedIn: boolean;
}

export const refused = (status: number, code: string, more: Body = {}): Reply => [status, { error: { code, message: code, ...more } }];

export function comment(fields: Partial<Comment> = {}): Comment {
  return {
    id: "c1",
    sectionId: "projects",
    text: "A comment",
    author: { name: "Bob", is_owner: false },
    timestamp: "2026-11-21T12:00:00.000Z",
    edited_at: null,
    reply_to: null,
    replies: [],
    status: "visible",
    ...fields,
  };
}

export function mine(fields: Partial<MyComment> = {}): MyComment {
  const { replies: _, ...rest } = comment();
  return { ...rest, author: { name: "Ada", is_owner: false }, status: "visible", editable_until: null, why_held: null, ...fields };
}

export const moderated = (fields: Partial<ModeratedComment> = {}): ModeratedComment => ({
  ...mine({ author: { name: "Bob", is_owner: false }, status: "held", why_held: "first" }),
  user_id: "bob",
  reports: 0,
  revision: 0,
  ...fields,
});

export function person(fields: Partial<Person> = {}): Person {
  return {
    user_id: "bob",
    email: "bob@example.com",
    display_name: "Bob",
    groups: ["members"],
    status: "active",
    created_at: "2026-10-01T12:00:00.000Z",
    last_used_at: "2026-11-20T12:00:00.000Z",
    spent_usd: 3,
    budget_usd: 20,
    own_budget_usd: null,
    storage_bytes: 1024,
    storage_quota_bytes: 2_147_483_648,
    comments_banned_at: null,
    is_me: false,
    ...fields,
  };
}

export class FakeCommunity {
  readonly asked: Asked[] = [];
  section: CountedSection = { section_id: "projects", title: "Projects", url: "https://portfolio.example/", open: true, visible: 0 };
  comments: Comment[] = [];
  mine: MyComment[] = [];
  queue: ModeratedComment[] = [];
  people: Person[] = [];
  me: Me = { user_id: "ada", email: "ada@example.com", display_name: "Ada", is_name_chosen: true, groups: [] };
  /** Answers in place of the next ones, by method and path. */
  readonly instead = new Map<string, Reply>();
  #count = 0;

  /** before: what it leaves to others. */
  install(before: typeof fetch | null = null): void {
    vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
      const { pathname: path, searchParams: query } = new URL(address);
      const method = init.method ?? "GET";
      const body = typeof init.body === "string" ? (JSON.parse(init.body) as Body) : {};
      const asked = { method, path, body, isSignedIn: new Headers(init.headers).has("Authorization") };
      const key = `${method} ${path}`;
      const instead = this.instead.get(key);
      this.instead.delete(key);
      const reply = instead ?? this.#route(asked, query);
      if (!reply) return before ? before(address, init) : Response.json({ error: { code: "not_found", message: key } }, { status: 404 });
      this.asked.push(asked);
      return Response.json(reply[1], { status: reply[0] });
    });
  }

  sent(method: string, path: string): Body[] {
    return this.asked.filter((one) => one.method === method && one.path === path).map(({ body }) => body);
  }

  #route({ method, path, body }: Asked, query: URLSearchParams): Reply | null {
    const [, folder = "", id = "", action = ""] = /^\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?/.exec(path) ?? [];
    switch (folder) {
      case "commentaires":
        return this.#comments(method, id, action, body, query);
      case "me":
        if (method === "PATCH") this.me = { ...this.me, display_name: String(body["display_name"]), is_name_chosen: true };
        return [200, this.me];
      case "people":
        return this.#people(method, id, action, body, query);
      case "sections":
        if (method === "PUT") this.section = { ...this.section, ...body };
        return method === "PUT" ? [200, this.section] : [200, { sections: [this.section] }];
      case "moderation":
        return id === "bans" ? this.#ban(method, action) : this.#moderation(method, action, body, query);
      case "signups":
        return [202, {}];
      default:
        return null;
    }
  }

  #comments(method: string, id: string, action: string, body: Body, query: URLSearchParams): Reply {
    if (id === "counts") return [200, { counts: { projects: this.comments.length } }];
    if (id === "mine") return [200, { comments: this.mine, next_cursor: null }];
    if (id === "" && method === "GET") {
      if (query.get("sectionId") !== "projects") return refused(404, "not_found", { field: "sectionId" });
      return [200, { section: this.section, comments: this.comments, next_cursor: null }];
    }
    if (id === "") return [201, this.#written(body)];
    if (action === "report") return [200, { id, reported: true }];
    const held = this.mine.find((own) => own.id === id);
    if (!held) return refused(404, "not_found");
    if (method === "PATCH") Object.assign(held, { text: body["text"], edited_at: "2026-11-28T12:00:00.000Z" });
    if (method === "DELETE") held.status = "deleted";
    if (action === "restoration") held.status = "visible";
    if (method === "DELETE") return [200, { id, undo_until: new Date(Date.now() + 30_000).toISOString() }];
    return [200, { ...held }];
  }

  #written(body: Body): MyComment {
    this.#count += 1;
    const written = mine({
      id: `m${this.#count}`,
      text: String(body["text"]),
      author: { name: this.me.display_name, is_owner: false },
      reply_to: (body["reply_to"] as string | undefined) ?? null,
      timestamp: new Date().toISOString(),
      editable_until: new Date(Date.now() + 900_000).toISOString(),
    });
    this.mine.push(written);
    return { ...written };
  }

  #people(method: string, id: string, action: string, body: Body, query: URLSearchParams): Reply {
    if (id === "" && method === "GET") {
      return [200, { people: this.people.filter(({ email }) => email.startsWith(query.get("email") ?? "")), next_cursor: null }];
    }
    if (id === "") {
      const invited = person({ ...(body as Partial<Person>), user_id: "new", status: "invited", last_used_at: null });
      this.people.push(invited);
      return [201, invited];
    }
    const held = this.people.find((one) => one.user_id === id);
    if (!held) return refused(404, "not_found");
    if (action === "invitation") return [200, { user_id: id, email: held.email }];
    if (method === "DELETE") {
      this.people = this.people.filter((one) => one !== held);
      return [200, { user_id: id, deleted: true }];
    }
    if ("disabled" in body) held.status = body["disabled"] ? "disabled" : "active";
    if ("budget_usd" in body) held.own_budget_usd = body["budget_usd"] as number | null;
    if (held.own_budget_usd !== null) held.budget_usd = held.own_budget_usd;
    if ("groups" in body) held.groups = body["groups"] as Person["groups"];
    return [200, { ...held }];
  }

  #moderation(method: string, id: string, body: Body, query: URLSearchParams): Reply {
    if (method === "GET") {
      const [state, userId] = [query.get("state"), query.get("user_id")];
      const wanted = ({ status, reports }: ModeratedComment): boolean =>
        state === "held" ? status === "held" : state === "reported" ? reports > 0 : status !== "deleted";
      return [200, { comments: this.queue.filter((one) => wanted(one) && (!userId || one.user_id === userId)), next_cursor: null }];
    }
    const held = this.queue.find((one) => one.id === id);
    if (!held) return refused(404, "not_found");
    if ((body["action"] === "approve" || body["action"] === "restore") && body["revision"] !== held.revision) return refused(409, "changed");
    const after = { approve: "visible", hide: "hidden", restore: "visible", delete: "deleted" } as const;
    held.status = after[body["action"] as keyof typeof after];
    if (held.status === "visible") held.reports = 0;
    return [200, { ...held }];
  }

  /** Their comments follow later. */
  #ban(method: string, userId: string): Reply {
    const banned = method === "PUT" ? "2026-11-28T12:00:00.000Z" : null;
    for (const one of this.people) if (one.user_id === userId) one.comments_banned_at = banned;
    return [200, { user_id: userId, comments_banned_at: banned }];
  }
}
