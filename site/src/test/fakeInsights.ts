/** A twin's insights and unanswered questions at the API, in memory. */
import { vi } from "vitest";

import type { CountedDay, Insights, Question, Topics } from "@/api/types";

import { refused } from "./fakeCommunity";

type Reply = [status: number, body: unknown];

export const day = (fields: Partial<CountedDay> = {}): CountedDay => ({
  day: "2026-11-27",
  visits: 0,
  questions: 0,
  answers: 0,
  unsourced: 0,
  up: 0,
  down: 0,
  cost_usd: 0,
  first_word: null,
  languages: {},
  hosts: {},
  ...fields,
});

export const question = (fields: Partial<Question> = {}): Question => ({
  question_id: "q1",
  text: "Do you speak Breton?",
  language: "en",
  asked_at: "2026-11-27T10:00:00.000Z",
  status: "open",
  answer_entry_id: null,
  ...fields,
});

export class FakeInsights {
  handles = ["me"];
  days: CountedDay[] = [];
  topics: Topics | null = null;
  questions: Question[] = [];
  readonly asked: { method: string; path: string; query: URLSearchParams; body: Record<string, unknown> }[] = [];
  /** Answers in place of the next ones, by method and path. */
  readonly instead = new Map<string, Reply>();

  install(before: typeof fetch): void {
    vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
      const { pathname: path, searchParams: query } = new URL(address);
      const method = init.method ?? "GET";
      if (path !== "/drafts" && !path.startsWith("/insights/")) return before(address, init);
      const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
      this.asked.push({ method, path, query, body });
      const key = `${method} ${path}`;
      const [status, reply] = this.instead.get(key) ?? this.#route(path, query, body);
      this.instead.delete(key);
      return Response.json(reply, { status });
    });
  }

  sent(path: string): Record<string, unknown>[] {
    return this.asked.filter((one) => one.method === "POST" && one.path === path).map(({ body }) => body);
  }

  #route(path: string, query: URLSearchParams, body: Record<string, unknown>): Reply {
    if (path === "/drafts") return [200, { twins: this.handles.map((handle) => ({ handle })) }];
    const [, , handle = "", questions, id] = path.split("/");
    if (!this.handles.includes(handle)) return refused(404, "not_found");
    if (!questions) return [200, this.#insights(handle)];
    if (!id) return [200, { questions: this.questions.filter(({ status }) => status === (query.get("status") ?? "open")), next_cursor: null }];
    const held = this.questions.find((one) => one.question_id === id);
    if (!held) return refused(404, "not_found");
    const after = { answer: "answered", dismiss: "dismissed", reopen: "open" } as const;
    held.status = after[body["action"] as keyof typeof after];
    held.answer_entry_id = held.status === "answered" ? id : null;
    return [200, { ...held }];
  }

  #insights(handle: string): Insights {
    const sum = (of: (one: CountedDay) => number): number => this.days.reduce((total, one) => total + of(one), 0);
    const merged = (of: (one: CountedDay) => Record<string, number>): Record<string, number> => {
      const found: Record<string, number> = {};
      for (const one of this.days) for (const [name, count] of Object.entries(of(one))) found[name] = (found[name] ?? 0) + count;
      return found;
    };
    const totals = {
      visits: sum(({ visits }) => visits),
      questions: sum(({ questions }) => questions),
      answers: sum(({ answers }) => answers),
      unsourced: sum(({ unsourced }) => unsourced),
      up: sum(({ up }) => up),
      down: sum(({ down }) => down),
      cost_usd: sum(({ cost_usd: cost }) => cost),
      first_word: this.days.find(({ first_word: first }) => first)?.first_word ?? null,
      languages: merged(({ languages }) => languages),
      hosts: merged(({ hosts }) => hosts),
    };
    return {
      handle,
      first_day: this.days[0]?.day ?? "2026-11-27",
      last_day: this.days.at(-1)?.day ?? "2026-11-27",
      days: this.days,
      totals,
      topics: this.topics,
    };
  }
}
