import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient, ApiError, NetworkError, retryAtMs, SessionExpiredError } from "./client";

let replies: (Response | Error)[];
let requests: { url: string; init: RequestInit }[];
let expired: number;
let ended: number;

const tokens = {
  idToken: async ({ forceRefresh = false } = {}) => (forceRefresh ? "fresh" : "stale"),
  markExpired: () => {
    expired += 1;
  },
  markEnded: () => {
    ended += 1;
  },
};

const client = new ApiClient("https://api.test/stage/", tokens);
const refusal = (status: number, body: unknown) => Response.json(body, { status });
const header = (index: number) => new Headers(requests[index]?.init.headers).get("Authorization");

beforeEach(() => {
  replies = [];
  requests = [];
  expired = 0;
  ended = 0;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push({ url, init });
    const reply = replies.shift() ?? Response.json({});
    if (reply instanceof Error) throw reply;
    return reply;
  });
});

afterEach(() => vi.unstubAllGlobals());

const failure = (asked: Promise<unknown>): Promise<unknown> => asked.catch((reason: unknown) => reason);

describe("ApiClient", () => {
  it("sends the ID token as it is, JSON, and only the parameters that are set", async () => {
    replies = [Response.json({ items: [] })];
    await client.get("/conversations", { query: { cursor: null, archived: true, limit: undefined } });
    await client.post("/conversations", { parent_id: null, model: undefined });
    expect(requests[0]?.url).toBe("https://api.test/stage/conversations?archived=true");
    expect(header(0)).toBe("stale");
    expect(requests[1]?.init.body).toBe('{"parent_id":null}');
  });

  it("refreshes the token once when it is refused", async () => {
    replies = [refusal(401, { message: "Unauthorized" }), Response.json({ ok: true })];
    expect(await client.get("/models")).toEqual({ ok: true });
    expect([header(0), header(1)]).toEqual(["stale", "fresh"]);
    expect(expired).toBe(0);
  });

  it("ends the session when a fresh token is refused too", async () => {
    replies = [refusal(401, {}), refusal(401, {})];
    await expect(client.get("/models")).rejects.toBeInstanceOf(SessionExpiredError);
    expect(expired).toBe(1);
  });

  it("asks for no fresh token of a session that was ended", async () => {
    const refused = () => refusal(401, { error: { code: "session_ended", message: "This session was ended." } });
    replies = [refused()];
    await expect(client.get("/models")).rejects.toBeInstanceOf(SessionExpiredError);
    expect(requests).toHaveLength(1);
    replies = [refusal(401, {}), refused()];
    await expect(client.get("/models")).rejects.toBeInstanceOf(SessionExpiredError);
    expect([ended, expired]).toEqual([2, 0]);
  });

  it("tells when what a limit refused may be asked again, also where the gateway itself refused", async () => {
    const now = Date.now();
    replies = [
      refusal(429, { error: { code: "rate_limited", message: "later", retry_after_s: 40 } }),
      Response.json({ error: { code: "throttled", message: "later" } }, { status: 429, headers: { "Retry-After": "3" } }),
      refusal(429, { error: { code: "throttled", message: "later" } }),
      Response.json({ error: { code: "budget_spent", message: "no" } }, { status: 429, headers: { "Retry-After": "3" } }),
    ];
    const waits: (number | null)[] = [];
    for (let index = 0; index < 4; index += 1) waits.push(retryAtMs(await failure(client.get("/x"))));
    expect(waits.map((at) => at && Math.round((at - now) / 1000))).toEqual([40, 3, null, null]);
  });

  it("names the API's errors, with what they carry", async () => {
    replies = [refusal(409, { error: { code: "answer_in_progress", message: "busy", message_id: "m1" } })];
    const error = await client.post("/x", {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: "answer_in_progress", message: "busy", extra: { message_id: "m1" } });
  });

  it("knows when what a limit refused may be asked again", async () => {
    const now = vi.spyOn(Date, "now").mockReturnValue(1_795_262_400_000);
    replies = [
      refusal(429, { error: { code: "rate_limited", message: "later", retry_after_s: 12 } }),
      refusal(429, { error: { code: "budget_spent", message: "spent" } }),
    ];
    const [limited, spent] = [await failure(client.get("/x")), await failure(client.get("/x"))];
    now.mockRestore();
    expect([retryAtMs(limited), retryAtMs(spent), retryAtMs(new Error("other"))]).toEqual([1_795_262_412_000, null, null]);
  });

  it("names errors of the gateway, which have another form", async () => {
    replies = [new Response("<html>", { status: 502 }), refusal(429, { message: "Too Many Requests" })];
    await expect(client.get("/x")).rejects.toMatchObject({ code: "internal" });
    await expect(client.get("/x")).rejects.toMatchObject({ code: "throttled" });
  });

  it("tells a network that fails, and an answer that breaks off, from a refusal", async () => {
    replies = [new TypeError("Failed to fetch"), new Response("{", { status: 200 })];
    await expect(client.get("/x")).rejects.toBeInstanceOf(NetworkError);
    await expect(client.get("/x")).rejects.toBeInstanceOf(NetworkError);
  });
});
