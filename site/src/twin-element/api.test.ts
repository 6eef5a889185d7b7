import { afterEach, expect, it, vi } from "vitest";

import { TwinApi } from "./api";

afterEach(() => void vi.unstubAllGlobals());

it("names each request of a visit to the server's logs, but the one that a browser would ask about first", async () => {
  const sent: [string, string | null][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push([`${init.method} ${url.replace(/^.*\/twins/, "")}`, headers.get("X-Request-Id")]);
    return Response.json({ items: [], status: "complete" });
  });
  const tokens = { idToken: async () => "Bearer t", markExpired: () => undefined, markEnded: () => undefined };
  const api = new TwinApi("me", tokens);
  await api.profile(new AbortController().signal);
  await api.begin({} as never);
  await api.send("Hello?", "r1", "fr");
  await api.messages();
  await api.frames("m1", 0);
  await api.stop("m1");
  const [profile, ...others] = sent;
  expect(profile).toEqual(["GET /me", null]);
  expect(others.map(([request]) => request)).toEqual([
    "POST /me/visits", "POST /me/messages", "GET /me/messages", "GET /me/messages/m1/frames?after=0", "POST /me/messages/m1/stop",
  ]);
  const ids = others.map(([, id]) => id);
  expect(ids.every((id) => /^[\da-f-]{36}$/.test(id ?? ""))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
});
