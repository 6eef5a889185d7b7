/** A published twin as its element reads it, on an API that answers each question by what it is told. */
import type { Profile } from "@/twin-element/types";

/** As the element is built: the deployment writes the stage's own in. */
const API = "%CHATAPP_API_URL%";

const entry = { entry_id: "e1", title: "Analyst", subtitle: "", start: "", end: "", place: "", text: "", url: "https://work.example/x" };

export const profile: Profile = {
  handle: "me",
  version: 1,
  published_at: "2026-11-21T12:00:00.000Z",
  voice: "first",
  photo_url: null,
  name: "Ada",
  headline: "Engineer",
  languages: ["en", "fr"],
  texts: {
    en: { greeting: "Hello.\n\n<b>Ask</b> me.", suggested_questions: ["What do you do?"] },
    fr: { greeting: "Bonjour.", suggested_questions: ["Que faites-vous ?"] },
  },
  contact: { label: "Write to me", url: "mailto:ada@example.org" },
  links: [{ label: "Home", url: "https://ada.example/" }],
  sections: [{ section: "experience", entries: [entry] }],
  limits: { max_text_characters: 20 },
  resting_until: null,
  transcripts: true,
  transcript_days: 90,
};

interface Sent {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

export type Reply = [status: number, body: unknown];

/** The API by its routes; `content` is what each question is answered with. */
export class FakeTwin {
  readonly sent: Sent[] = [];
  visits = 0;
  profile: Reply = [200, profile];
  /** In the place of the next replies to what is asked of a route. */
  readonly instead = new Map<string, (Reply | Error)[]>();
  content: Record<string, unknown>[] = [{ type: "text", text: "An answer." }];
  kept: unknown[] = [];

  readonly fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const path = address.slice(API.length).replace(/\?.*/, "");
    const method = init.method ?? "GET";
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    this.sent.push({ method, path, token: new Headers(init.headers).get("Authorization"), body });
    const reply = this.instead.get(`${method} ${path}`)?.shift() ?? this.#reply(method, path, body);
    if (reply instanceof Error) throw reply;
    return Response.json(reply[1], { status: reply[0] });
  };

  of(method: string, path: string): Sent[] {
    return this.sent.filter((each) => each.method === method && each.path === path);
  }

  #reply(method: string, path: string, body: unknown): Reply {
    const messageId = /\/messages\/([^/]+)\//.exec(path)?.[1] ?? "";
    if (method === "GET" && path.endsWith("/messages")) return [200, { items: this.kept, next_cursor: null }];
    if (path === "/twins/me") return this.profile;
    if (path.endsWith("/visits")) return [201, { visit_id: `v${(this.visits += 1)}`, token: `token-${this.visits}`, expires_in_s: 7200 }];
    if (path.endsWith("/frames")) return [200, { status: "complete", items: frames(messageId, this.content) }];
    if (path.endsWith("/retry")) return [202, { user_message: message("u", "user"), answer: message(`${messageId}-again`, "assistant", "queued") }];
    if (path.endsWith("/messages")) {
      const id = (body as { request_id: string }).request_id;
      return [202, { user_message: message(`u-${id}`, "user"), answer: message(`a-${id}`, "assistant", "queued") }];
    }
    return [200, {}];
  }
}

export const message = (id: string, role: string, status = "complete", content: unknown[] = [], parent: string | null = null) => ({
  message_id: id,
  conversation_id: "c",
  parent_id: parent,
  role,
  content,
  status,
  model: null,
  usage: null,
  stop_reason: null,
  error: null,
  created_at: "2026-11-21T12:00:00Z",
  files: [],
});

export const citation = (entryId: string, name = "Analyst") => ({
  file_id: entryId,
  name,
  page: 1,
  last_page: 1,
  locator: { kind: "entry", label: "experience" },
  cited_text: "…",
});

/** The frames of an answer with these blocks. */
export function frames(messageId: string, content: Record<string, unknown>[]): unknown[] {
  const answer = { conversation_id: "c", message_id: messageId };
  const made: Record<string, unknown>[] = [{ type: "answer.started", model: null }];
  content.forEach((block, index) => {
    if (block["type"] === "tool_use") made.push({ type: "answer.tool", block: index, name: block["name"], detail: {} });
    else made.push({ type: "answer.delta", block: index, kind: "text", text: block["text"] });
    for (const each of (block["citations"] as unknown[] | undefined) ?? []) made.push({ type: "answer.citation", block: index, citation: each });
  });
  made.push({ type: "answer.done", status: "complete" });
  return made.map((frame, index) => ({ ...frame, ...answer, sequence: index + 1 }));
}

/** A refusal as the API words it. */
export const refusal = (status: number, error: Record<string, unknown>): Reply => [status, { error: { message: "No.", ...error } }];
