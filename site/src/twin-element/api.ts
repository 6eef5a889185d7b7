/** The twin's endpoints, and where its page is. The deployment writes the stage's addresses in (`deploy/site.py`). */
import { ApiClient, SessionExpiredError, type TokenSource } from "@/api/client";
import { decodeFrames, isAnswerFrame } from "@/api/frames";
import type { AnswerStatus, Message, Page, SocketTicket, Turn } from "@/api/types";
import type { FramesRead } from "@/entities/answers/answerFeed";

import type { Begun, Language, NewVisit, Profile, Rating } from "./types";

const API_URL = "%CHATAPP_API_URL%";
const SITE_URL = "%CHATAPP_SITE_URL%";
const SOCKET_URL = "%CHATAPP_SOCKET_URL%";

/** null: the stage has none, and frames are read. */
export const socketUrl = (): string | null => (/^wss?:/.test(SOCKET_URL) ? SOCKET_URL : null);

/** A token that no other one follows. */
const only = (token: string): TokenSource => ({
  async idToken({ forceRefresh = false } = {}) {
    if (forceRefresh) throw new SessionExpiredError("The visit is not to be had any more.");
    return `Bearer ${token}`;
  },
  markExpired: () => undefined,
  markEnded: () => undefined,
});

export class TwinApi {
  readonly #client: ApiClient;
  readonly #path: string;

  constructor(handle: string, tokens: TokenSource) {
    this.#client = new ApiClient(API_URL, tokens);
    this.#path = `/twins/${encodeURIComponent(handle)}`;
  }

  profile = (signal: AbortSignal): Promise<Profile> => this.#client.get(this.#path, { isPublic: true, signal });

  begin = (visit: NewVisit): Promise<Begun> => this.#client.post(`${this.#path}/visits`, visit, { isPublic: true });

  /** language: of the page, for the owner's figures; the question may be in another one. */
  send = (text: string, requestId: string, language: Language): Promise<Turn> =>
    this.#client.post(`${this.#path}/messages`, { text, request_id: requestId, language });

  messages = async (): Promise<Message[]> => (await this.#client.get<Page<Message>>(`${this.#path}/messages`)).items;

  stop = (messageId: string): Promise<Message> => this.#client.post(`${this.#message(messageId)}/stop`);

  retry = (messageId: string): Promise<Turn> => this.#client.post(`${this.#message(messageId)}/retry`);

  rate = (messageId: string, rating: Rating | null): Promise<unknown> =>
    this.#client.put(`${this.#message(messageId)}/rating`, { rating });

  async frames(messageId: string, after: number): Promise<FramesRead> {
    const read = await this.#client.get<{ items: unknown[]; status: AnswerStatus }>(`${this.#message(messageId)}/frames`, {
      query: { after },
    });
    return { items: decodeFrames(read.items).filter(isAnswerFrame), status: read.status };
  }

  ticket = async (): Promise<string> => (await this.#client.post<SocketTicket>(`${this.#path}/sockets`)).ticket;

  /** Any visit of the visitor's, by its token. */
  exported = (token: string): Promise<unknown> => new ApiClient(API_URL, only(token)).get(`${this.#path}/visit`);

  erase = (token: string): Promise<unknown> => new ApiClient(API_URL, only(token)).delete(`${this.#path}/visit`);

  #message(messageId: string): string {
    return `${this.#path}/messages/${encodeURIComponent(messageId)}`;
  }
}

/** The published page, at an entry of it. */
export const entryAddress = (handle: string, entryId: string): string =>
  `${SITE_URL}/${handle === "me" ? "" : `twin/${encodeURIComponent(handle)}/`}#entry-${entryId}`;

/** Where a visitor comes from: to the site itself from elsewhere, or to the page that has the element. */
export function referrer(): string | undefined {
  const from = location.origin === SITE_URL ? document.referrer : location.href;
  return URL.canParse(from) ? new URL(from).origin : undefined;
}
