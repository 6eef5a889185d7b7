/**
 * One WebSocket, kept open: a ticket for each connection, a ping every 5 minutes, a successor before the server ends
 * it, and growing pauses when it cannot be had. Where sockets are blocked it goes on trying, ever more rarely.
 */

import { retryAtMs } from "@/api/client";

/** API Gateway ends a connection after 10 minutes without traffic. */
const IDLE_MS = 10 * 60_000;
export const PING_MS = 5 * 60_000;
/** API Gateway ends every connection after 2 hours. */
export const LONGEST_MS = 110 * 60_000;
/**
 * How long before the token's end its connection is replaced. Amplify renews a token that ends within 5 s: a ticket that
 * is asked for before that ends with the old one.
 */
export const BEFORE_EXPIRY_MS = 2_000;
/** No connection is replaced sooner, whatever this computer's clock says. */
const SHORTEST_MS = 10_000;
/** Where the clock must be wrong, none is kept longer: nobody knows when its token ends. */
const WRONG_CLOCK_MS = 10 * 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_SLOWEST_MS = 5 * 60_000;
/** A connection that lived this long was a good one: the next failure starts with a short pause again. */
const STABLE_MS = 10_000;

export interface SocketOptions {
  url: string;
  /** A one-time ticket and when the token behind it ends, in milliseconds since 1970. */
  getTicket(): Promise<{ ticket: string; tokenExpiresAtMs: number }>;
  onMessage(text: string): void;
  /** Told also of a connection that takes the place of another one. */
  onOpenChange(open: boolean): void;
  /** Whether trying again makes no sense: the session is over. */
  isFinal(error: unknown): boolean;
  connect?: (url: string) => WebSocket;
}

/** How long a connection is kept before its successor is asked for. */
function keptMs(tokenExpiresAtMs: number): number {
  const leftMs = tokenExpiresAtMs - Date.now() - BEFORE_EXPIRY_MS;
  if (leftMs > SHORTEST_MS) return Math.min(leftMs, LONGEST_MS);
  // A clock that is ahead takes a token for ended that is not: the more it is ahead, the longer the connection is kept.
  return Math.min(Math.max(-leftMs, SHORTEST_MS), WRONG_CLOCK_MS);
}

type Timer = ReturnType<typeof setTimeout>;

export class SocketClient {
  readonly #options: SocketOptions;
  readonly #connect: (url: string) => WebSocket;
  #socket: WebSocket | null = null;
  #timers = new Set<Timer>();
  #attempts = 0;
  #connecting = false;
  /** When API Gateway ends the connection, unless something is sent. */
  #idleAtMs = 0;
  #stopped = true;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#connect = options.connect ?? ((url) => new WebSocket(url));
  }

  get isOpen(): boolean {
    return this.#socket !== null;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    window.addEventListener("online", this.#online);
    document.addEventListener("visibilitychange", this.#wake);
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    window.removeEventListener("online", this.#online);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#clearTimers();
    this.#socket?.close();
    this.#socket = null;
  }

  readonly #online = (): void => {
    this.#attempts = 0;
    this.#wake();
  };

  /** The network is back or the page is seen again: no reason to wait for the next attempt. */
  readonly #wake = (): void => {
    if (document.visibilityState === "hidden" || this.#stopped) return;
    this.#giveUpIdle();
    if (this.isOpen || this.#connecting) return;
    this.#clearTimers();
    void this.#open();
  };

  async #open(): Promise<void> {
    if (this.#connecting || this.#stopped) return;
    this.#connecting = true;
    try {
      const { ticket, tokenExpiresAtMs } = await this.#options.getTicket();
      if (this.#stopped) return;
      const socket = await this.#connected(ticket);
      if (this.#stopped) return socket.close();
      this.#adopt(socket, tokenExpiresAtMs);
    } catch (error) {
      if (!this.#options.isFinal(error)) this.#retryLater(retryAtMs(error) ?? 0);
    } finally {
      this.#connecting = false;
    }
  }

  #connected(ticket: string): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = this.#connect(`${this.#options.url}?ticket=${encodeURIComponent(ticket)}`);
      const timeout = setTimeout(() => socket.close(), CONNECT_TIMEOUT_MS);
      socket.onmessage = (event) => this.#options.onMessage(String(event.data));
      socket.onopen = () => {
        clearTimeout(timeout);
        resolve(socket);
      };
      socket.onclose = () => {
        clearTimeout(timeout);
        reject(new Error("The socket was refused."));
      };
    });
  }

  #adopt(socket: WebSocket, tokenExpiresAtMs: number): void {
    const previous = this.#socket;
    this.#clearTimers();
    this.#socket = socket;
    socket.onclose = () => this.#closed(socket);
    previous?.close();
    this.#after(keptMs(tokenExpiresAtMs), () => void this.#open());
    this.#after(STABLE_MS, () => (this.#attempts = 0));
    this.#ping(socket);
    // A successor, too: where it was late, or the clock is behind, its predecessor had ended before and nothing was pushed.
    this.#options.onOpenChange(true);
  }

  #closed(socket: WebSocket): void {
    // A predecessor that was replaced closes too; only the one in use matters.
    if (socket !== this.#socket) return;
    this.#socket = null;
    // Or it would count as stable after its end.
    this.#clearTimers();
    this.#options.onOpenChange(false);
    this.#retryLater();
  }

  /** A computer that slept has heard of no end. */
  #giveUpIdle(): void {
    const socket = this.#socket;
    if (!socket || Date.now() < this.#idleAtMs) return;
    socket.close();
    this.#closed(socket);
  }

  #ping(socket: WebSocket): void {
    this.#idleAtMs = Date.now() + IDLE_MS;
    this.#after(PING_MS, () => {
      this.#giveUpIdle();
      if (socket !== this.#socket) return;
      socket.send(JSON.stringify({ type: "ping" }));
      this.#ping(socket);
    });
  }

  /** notBeforeMs: there is no ticket to be had sooner. */
  #retryLater(notBeforeMs = 0): void {
    if (this.#stopped) return;
    const pauseMs = Math.min(BACKOFF_FIRST_MS * 2 ** this.#attempts, BACKOFF_SLOWEST_MS);
    this.#attempts += 1;
    const waitMs = Math.max(0, notBeforeMs - Date.now());
    // Jitter, so that many tabs do not come back at the same moment.
    this.#after(waitMs + pauseMs * (0.75 + Math.random() / 2), () => void this.#open());
  }

  #after(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
