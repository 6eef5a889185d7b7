/** Twins at the API, in memory: behaves as the real one where the site can tell. */
import { vi } from "vitest";

import type { TwinDraft, TwinEntry, TwinPersona, TwinSource } from "@/api/types";

import { refused, type Asked } from "./fakeCommunity";

type Body = Record<string, unknown>;
type Reply = [status: number, body: unknown];

const texts = (): NonNullable<TwinPersona["texts"]["en"]> => ({ greeting: "", suggested_questions: [], topics: "", off_limits: [] });

export const persona = (fields: Partial<TwinPersona> = {}): TwinPersona => ({
  name: "Ada Lovelace",
  headline: "Analyst",
  languages: ["en", "fr"],
  texts: { en: texts(), fr: texts() },
  voice: "first",
  tone: "",
  contact: null,
  links: [],
  ...fields,
});

export const entry = (fields: Partial<TwinEntry> = {}): TwinEntry => ({
  entry_id: "e1",
  section: "experience",
  source_ids: ["s1"],
  title: "Analyst",
  subtitle: "Engines Ltd",
  start: "1840-01",
  end: "1843-12",
  place: "London",
  text: "",
  url: "",
  is_hidden: false,
  ...fields,
});

export const source = (fields: Partial<TwinSource> = {}): TwinSource => ({
  source_id: "s1",
  kind: "cv",
  name: "cv.pdf",
  status: "ready",
  error: null,
  added_at: "2026-11-21T12:00:00.000Z",
  file_id: "f1",
  entries: 1,
  ...fields,
});

export const draft = (fields: Partial<TwinDraft> = {}): TwinDraft => ({
  handle: "me",
  revision: 1,
  persona: persona(),
  sources: [],
  entries: [],
  conflicts: [],
  photo_url: null,
  published_version: null,
  published_at: null,
  is_changed: true,
  page: { url: "https://site.test/", rendered_version: null },
  daily_budget_usd: 2,
  monthly_budget_usd: 20,
  noindex: false,
  transcripts: true,
  suggesting: null,
  versions: [],
  ...fields,
});

export class FakeDrafts {
  readonly asked: Asked[] = [];
  readonly drafts = new Map<string, TwinDraft>();
  /** Answers in place of the next ones, by method and path. */
  readonly instead = new Map<string, Reply>();
  readonly #deleted = new Map<string, TwinEntry>();
  #count = 0;

  get me(): TwinDraft {
    const held = this.drafts.get("me");
    if (!held) throw new Error("There is no twin.");
    return held;
  }

  /** As another owner would: the revision goes up. */
  change(fields: Partial<TwinDraft>, handle = "me"): void {
    const held = this.drafts.get(handle) ?? draft({ handle, revision: 0 });
    this.drafts.set(handle, { ...held, is_changed: true, ...fields, revision: held.revision + 1 });
  }

  /** before: what it leaves to others. */
  install(before: typeof fetch): void {
    vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
      const { pathname: path } = new URL(address);
      if (!path.startsWith("/drafts")) return before(address, init);
      const body = typeof init.body === "string" ? (JSON.parse(init.body) as Body) : {};
      const asked = { method: init.method ?? "GET", path, body, isSignedIn: new Headers(init.headers).has("Authorization") };
      this.asked.push(asked);
      const key = `${asked.method} ${path}`;
      const [status, reply] = this.instead.get(key) ?? this.#route(asked);
      this.instead.delete(key);
      return Response.json(reply, { status });
    });
  }

  sent(method: string, path: string): Body[] {
    return this.asked.filter((one) => one.method === method && one.path === path).map(({ body }) => body);
  }

  #route({ method, path, body }: Asked): Reply {
    const [, , handle = "", part = "", id = "", action = ""] = path.split("/");
    if (handle === "") {
      const twins = [...this.drafts.values()].map(({ persona: { name }, ...held }) => ({ ...held, name }));
      return [200, { twins }];
    }
    if (method === "PUT" && part === "") {
      if (!this.drafts.has(handle)) this.change({ persona: persona({ name: "" }) }, handle);
      return [201, this.drafts.get(handle)];
    }
    const held = this.drafts.get(handle);
    if (!held) return refused(404, "not_found");
    if (part === "") return this.#twin(method, held, body);
    if (part === "entries") return this.#entries(method, held, id, action, body);
    if (part === "sources") return this.#sources(method, held, id, body);
    if (part === "conflicts") {
      this.change({ conflicts: held.conflicts.filter(({ conflict_id: one }) => one !== id) }, handle);
      return [200, {}];
    }
    if (part === "questions") {
      const { language } = body as { language: "fr" | "en" };
      this.change({ suggesting: { language, status: "writing", error: null } }, handle);
      return [202, { language }];
    }
    if (part === "photo") {
      this.change({ photo_url: method === "PUT" ? "https://storage.test/photo?signed" : null }, handle);
      return [200, {}];
    }
    if (part === "preview") return [201, { visit_id: `v${(this.#count += 1)}`, token: "token", profile: this.#profile(held) }];
    if (part === "publications" && body["revision"] !== held.revision) return refused(409, "changed", { revision: held.revision });
    return [201, this.#publish(held)];
  }

  #twin(method: string, held: TwinDraft, body: Body): Reply {
    if (method === "GET") return [200, held];
    if (method === "DELETE") {
      if (body["handle"] !== held.handle) return refused(400, "invalid_request");
      this.drafts.delete(held.handle);
      return [200, { deleted: true }];
    }
    const { revision, ...fields } = body;
    if (revision !== held.revision) return refused(409, "changed", { revision: held.revision });
    this.change(fields as Partial<TwinDraft>, held.handle);
    return [200, this.drafts.get(held.handle)];
  }

  #entries(method: string, held: TwinDraft, id: string, action: string, body: Body): Reply {
    const others = held.entries.filter(({ entry_id: one }) => one !== id);
    const found = action === "restoration" ? this.#deleted.get(id) : held.entries.find(({ entry_id: one }) => one === id);
    if (id === "") {
      const added = entry({ ...(body as Partial<TwinEntry>), entry_id: `n${(this.#count += 1)}`, source_ids: [] });
      this.change({ entries: [...held.entries, added] }, held.handle);
      return [201, added];
    }
    if (!found) return refused(404, "not_found");
    if (method === "DELETE") {
      this.#deleted.set(id, found);
      this.change({ entries: others }, held.handle);
      return [200, { entry_id: id, undo_until: new Date(Date.now() + 30_000).toISOString() }];
    }
    const changed = { ...found, ...body };
    this.change({ entries: [...others, changed] }, held.handle);
    return [200, changed];
  }

  #sources(method: string, held: TwinDraft, id: string, body: Body): Reply {
    if (method === "DELETE") {
      this.change({ sources: held.sources.filter(({ source_id: one }) => one !== id) }, held.handle);
      return [200, {}];
    }
    const kind = body["kind"] as TwinSource["kind"];
    const isRead = kind === "cv" || kind === "linkedin_pdf";
    const added = source({
      source_id: `s${(this.#count += 1)}`,
      kind,
      name: String(body["title"] ?? body["label"] ?? kind),
      status: isRead ? "reading" : "ready",
      file_id: isRead ? String(body["file_id"]) : null,
    });
    this.change({ sources: [...held.sources, added] }, held.handle);
    return [isRead ? 202 : 201, added];
  }

  #publish(held: TwinDraft): unknown {
    const version = held.versions.length + 1;
    const at = "2026-11-28T12:00:00.000Z";
    this.change(
      {
        published_version: version,
        published_at: at,
        is_changed: false,
        versions: [{ version, published_at: at, is_current: true }, ...held.versions.map((one) => ({ ...one, is_current: false }))],
      },
      held.handle,
    );
    return { version, page: held.page };
  }

  #profile({ handle, persona: { name, headline, languages, contact, links }, entries, photo_url }: TwinDraft): unknown {
    const shown = entries.filter((one) => !one.is_hidden);
    const sections = [...new Set(shown.map(({ section }) => section))];
    return {
      handle, name, headline, languages, contact, links, photo_url, texts: {},
      sections: sections.map((section) => ({ section, entries: shown.filter((one) => one.section === section) })),
    };
  }
}
