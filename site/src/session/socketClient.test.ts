import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/client";

import { BEFORE_EXPIRY_MS, LONGEST_MS, PING_MS, SocketClient } from "./socketClient";

/** A WebSocket that a test opens, closes and listens to. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  readonly sent: string[] = [];
  isClosed = false;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    queueMicrotask(() => this.onclose?.());
  }
}

class SessionOver extends Error {}

/** Amplify renews a token that ends within 5 s. */
const RENEWED_BEFORE_END_MS = 5_000;

function fakeServer({ accepts = true, tokenLifeMs = 60 * 60_000, tokenEndsAtMs = () => Date.now() + tokenLifeMs } = {}) {
  const server = {
    accepts,
    sockets: [] as FakeSocket[],
    tickets: 0,
    ticketError: null as Error | null,
    opened: [] as boolean[],
    messages: [] as string[],
  };
  const client = new SocketClient({
    url: "wss://example.test/api",
    getTicket: async () => {
      server.tickets += 1;
      if (server.ticketError) throw server.ticketError;
      return { ticket: `t ${server.tickets}`, tokenExpiresAtMs: tokenEndsAtMs() };
    },
    onMessage: (text) => server.messages.push(text),
    onOpenChange: (open) => server.opened.push(open),
    isFinal: (error) => error instanceof SessionOver,
    connect: (url) => {
      const socket = new FakeSocket(url);
      server.sockets.push(socket);
      queueMicrotask(() => (server.accepts ? socket.onopen?.() : socket.close()));
      return socket as unknown as WebSocket;
    },
  });
  return { server, client };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("SocketClient", () => {
  it("opens with a ticket and hands on what comes", async () => {
    const { server, client } = fakeServer();
    client.start();
    await pass(0);
    expect(server.sockets[0]?.url).toBe("wss://example.test/api?ticket=t%201");
    expect(client.isOpen).toBe(true);
    server.sockets[0]?.onmessage?.({ data: "frames" });
    expect(server.messages).toEqual(["frames"]);
    client.stop();
  });

  it("pings every 5 minutes, well inside API Gateway's 10 minutes of idleness", async () => {
    const { server, client } = fakeServer();
    client.start();
    await pass(PING_MS * 3);
    expect(server.sockets[0]?.sent).toEqual(Array(3).fill('{"type":"ping"}'));
    client.stop();
  });

  it("comes back with a new ticket when the connection breaks", async () => {
    const { server, client } = fakeServer();
    client.start();
    await pass(60_000);
    server.sockets[0]?.close();
    await pass(0);
    expect(client.isOpen).toBe(false);
    await pass(2_000);
    expect(client.isOpen).toBe(true);
    expect(server.tickets).toBe(2);
    expect(server.opened).toEqual([true, false, true]);
    client.stop();
  });

  it("replaces its connection before the token ends, without a moment in between", async () => {
    const { server, client } = fakeServer({ tokenLifeMs: 60 * 60_000 });
    client.start();
    await pass(60 * 60_000 - BEFORE_EXPIRY_MS);
    expect(server.tickets).toBe(2);
    await pass(0);
    expect(server.sockets.map((socket) => socket.isClosed)).toEqual([true, false]);
    // Told of again: what was pushed while the first one may have ended is not known.
    expect(server.opened).toEqual([true, true]);
    client.stop();
  });

  it("replaces it before API Gateway's 2 hours, however long the token lives", async () => {
    const { server, client } = fakeServer({ tokenLifeMs: 24 * 60 * 60_000 });
    client.start();
    await pass(LONGEST_MS);
    expect(server.tickets).toBe(2);
    client.stop();
  });

  it("tries ever more rarely where sockets are blocked, and at once when the network is back", async () => {
    const { server, client } = fakeServer({ accepts: false });
    client.start();
    await pass(60_000);
    const firstMinute = server.tickets;
    expect(firstMinute).toBeGreaterThan(3);
    expect(firstMinute).toBeLessThan(10);
    await pass(60 * 60_000);
    expect(server.tickets - firstMinute).toBeLessThan(30);
    expect(client.isOpen).toBe(false);
    server.accepts = true;
    window.dispatchEvent(new Event("online"));
    await pass(0);
    expect(client.isOpen).toBe(true);
    client.stop();
  });

  it("tries ever more rarely where connections are cut soon after they open", async () => {
    const { server, client } = fakeServer();
    client.start();
    const endAtMs = Date.now() + 60 * 60_000;
    while (Date.now() < endAtMs) {
      await pass(5_000);
      if (client.isOpen) server.sockets.at(-1)?.close();
    }
    expect(server.tickets).toBeGreaterThan(10);
    expect(server.tickets).toBeLessThan(30);
    client.stop();
  });

  it("asks for one ticket each time that the page is seen again, where sockets are blocked", async () => {
    const { server, client } = fakeServer({ accepts: false });
    client.start();
    await pass(60_000);
    const before = server.tickets;
    for (let index = 0; index < 20; index += 1) {
      document.dispatchEvent(new Event("visibilitychange"));
      await pass(15_000);
    }
    expect(server.tickets - before).toBeGreaterThanOrEqual(20);
    expect(server.tickets - before).toBeLessThanOrEqual(22);
    client.stop();
  });

  it("needs one ticket for each token, where a token is renewed shortly before its end", async () => {
    const lifeMs = 60 * 60_000;
    let endsAtMs = Date.now() + lifeMs;
    const { server, client } = fakeServer({
      tokenEndsAtMs: () => {
        if (Date.now() > endsAtMs - RENEWED_BEFORE_END_MS) endsAtMs += lifeMs;
        return endsAtMs;
      },
    });
    client.start();
    await pass(lifeMs * 4.5);
    expect(server.tickets).toBe(5);
    client.stop();
  });

  it.each([
    ["seconds", 8_000, 3],
    ["minutes", 5 * 60_000, 8],
    ["hours", 3 * 60 * 60_000, 7],
  ])("opens few connections, and a good one in the end, where the computer's clock is %s ahead", async (_, aheadMs, most) => {
    const lifeMs = 60 * 60_000;
    let trueEndMs = Date.now() + lifeMs;
    const { server, client } = fakeServer({
      tokenEndsAtMs: () => {
        if (Date.now() > trueEndMs - RENEWED_BEFORE_END_MS) trueEndMs = Date.now() + lifeMs;
        return trueEndMs - aheadMs;
      },
    });
    client.start();
    await pass(lifeMs * 1.1);
    expect(server.tickets).toBeGreaterThan(1);
    expect(server.tickets).toBeLessThanOrEqual(most);
    expect(trueEndMs).toBeGreaterThan(Date.now());
    client.stop();
  });

  it.each([
    ["when the page is seen again", () => document.dispatchEvent(new Event("visibilitychange")), 0],
    ["at its next ping", () => undefined, PING_MS + 2_000],
  ])("gives up what has ended while the computer slept: %s", async (_, wake, afterMs) => {
    const { server, client } = fakeServer();
    client.start();
    await pass(60_000);
    // A computer that sleeps stops its timers, and hears of no end.
    vi.setSystemTime(Date.now() + 20 * 60_000);
    wake();
    await pass(afterMs);
    expect(server.tickets).toBe(2);
    expect(client.isOpen).toBe(true);
    expect(server.opened).toEqual([true, false, true]);
    client.stop();
  });

  it("leaves a connection alone that is still good when the page is seen again", async () => {
    const { server, client } = fakeServer();
    client.start();
    await pass(PING_MS * 3.9);
    document.dispatchEvent(new Event("visibilitychange"));
    await pass(2_000);
    expect(server.tickets).toBe(1);
    client.stop();
  });

  it("asks for no ticket before a limit lets it", async () => {
    const { server, client } = fakeServer();
    server.ticketError = new ApiError(429, "rate_limited", "too many", { retry_at_ms: Date.now() + 40_000 });
    client.start();
    await pass(40_000);
    expect(server.tickets).toBe(1);
    server.ticketError = null;
    await pass(2_000);
    expect([server.tickets, client.isOpen]).toEqual([2, true]);
    client.stop();
  });

  it("gives up when the session is over", async () => {
    const { server, client } = fakeServer();
    server.ticketError = new SessionOver();
    client.start();
    await pass(60 * 60_000);
    expect(server.tickets).toBe(1);
    client.stop();
  });

  it("closes and stays closed when it is stopped, also in the middle of connecting", async () => {
    const { server, client } = fakeServer();
    client.start();
    client.stop();
    await pass(60 * 60_000);
    expect(server.sockets.filter((socket) => !socket.isClosed)).toEqual([]);
    expect(server.opened).toEqual([]);
  });
});
