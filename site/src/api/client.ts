/**
 * One way to call the HTTP API: token, JSON, errors.
 * Owns no endpoints (features do) and keeps no state.
 */

/** A named refusal by the API. `extra` holds what the error carries besides code and message. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

/** When what a limit refused may be asked again, in milliseconds since 1970; null: it is no limit that refused. */
export function retryAtMs(error: unknown): number | null {
  const isLimit = error instanceof ApiError && ["rate_limited", "throttled"].includes(error.code);
  const at = isLimit ? error.extra["retry_at_ms"] : null;
  return typeof at === "number" ? at : null;
}

/** No answer came: offline, blocked or timed out. Whether the request took effect is unknown. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  /** Of the request, in the server's log if it got there. */
  readonly requestId: string;

  constructor(message = "", options?: ErrorOptions & { requestId?: string }) {
    super(message, options);
    this.requestId = options?.requestId ?? "";
  }
}

/** By which an error's request is found in the server's logs; "" where there was none. */
export function requestIdOf(error: unknown): string {
  if (error instanceof NetworkError) return error.requestId;
  const id = error instanceof ApiError ? error.extra["request_id"] : "";
  return typeof id === "string" ? id : "";
}

/** The person has to sign in again. */
export class SessionExpiredError extends Error {
  override readonly name = "SessionExpiredError";
}

export interface TokenSource {
  /** A valid ID token, refreshed when needed. Throws SessionExpiredError when there is none to be had. */
  idToken(options?: { forceRefresh?: boolean }): Promise<string>;
  /** Called when the API refuses a token that was just refreshed. */
  markExpired(): void;
  /** Called when the API says that the session was ended: no token of it will be taken again. */
  markEnded(): void;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  /** Of a route that anyone may ask: it is asked without a token, and so without a preflight. */
  isPublic?: boolean;
  /** What the browser keeps of a public answer may be some seconds old; false: it is asked again. */
  mayBeKept?: boolean;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

// API Gateway gives up after 29 s; later than that no answer can come.
const REQUEST_TIMEOUT_MS = 32_000;

export class ApiClient {
  readonly #baseUrl: string;
  readonly #tokens: TokenSource;

  constructor(baseUrl: string, tokens: TokenSource) {
    this.#baseUrl = baseUrl.replace(/\/$/, "");
    this.#tokens = tokens;
  }

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#request<T>("GET", path, options);
  }

  post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
    return this.#request<T>("POST", path, { ...options, body });
  }

  put<T>(path: string, body?: unknown): Promise<T> {
    return this.#request<T>("PUT", path, { body });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#request<T>("PATCH", path, { body });
  }

  delete<T>(path: string, body?: unknown): Promise<T> {
    return this.#request<T>("DELETE", path, { body });
  }

  async #request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const id = crypto.randomUUID();
    const response = options.isPublic ? await this.#send(method, path, options, null, id) : await this.#sendSignedIn(method, path, options, id);
    if (!response.ok) throw await toApiError(response, id);
    return readJson<T>(response, id);
  }

  async #sendSignedIn(method: Method, path: string, options: RequestOptions, id: string): Promise<Response> {
    let response = await this.#send(method, path, options, await this.#tokens.idToken(), id);
    if (response.status === 401) {
      await this.#leaveIfEnded(response);
      response = await this.#send(method, path, options, await this.#tokens.idToken({ forceRefresh: true }), id);
      if (response.status === 401) {
        await this.#leaveIfEnded(response);
        this.#tokens.markExpired();
        throw new SessionExpiredError("The API refused a fresh token.");
      }
    }
    return response;
  }

  async #leaveIfEnded(refusal: Response): Promise<void> {
    if ((await toApiError(refusal)).code !== "session_ended") return;
    this.#tokens.markEnded();
    throw new SessionExpiredError("The session was ended.");
  }

  /** id: of the request, for the server's logs; not where the header alone would have the browser ask first. */
  async #send(method: Method, path: string, options: RequestOptions, token: string | null, id: string): Promise<Response> {
    const headers: Record<string, string> = token === null ? {} : { Authorization: token };
    if (token !== null || options.body !== undefined) headers["X-Request-Id"] = id;
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const init: RequestInit = {
      method,
      headers,
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    };
    if (options.mayBeKept === false) init.cache = "no-store";
    if (options.body !== undefined) init.body = JSON.stringify(options.body);
    try {
      return await fetch(this.#baseUrl + path + queryString(options.query), init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new NetworkError("The server could not be reached.", { cause: error, requestId: id });
    }
  }
}

async function readJson<T>(response: Response, requestId: string): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new NetworkError("The server's answer broke off.", { cause: error, requestId });
  }
}

function queryString(query: RequestOptions["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text && `?${text}`;
}

async function toApiError(response: Response, sentId = ""): Promise<ApiError> {
  const fallbackCode = response.status === 429 ? "throttled" : response.status >= 500 ? "internal" : "unknown";
  const body: unknown = await response.json().catch(() => null);
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const { code, message, ...extra } = error;
  // Seconds from now say nothing later on, or after a reload. The gateway's own refusals have the header alone.
  const wait = extra["retry_after_s"] ?? Number(response.headers.get("Retry-After") ?? NaN);
  if (typeof wait === "number" && wait >= 0) extra["retry_at_ms"] = Date.now() + wait * 1000;
  const requestId = response.headers.get("X-Request-Id") ?? sentId;
  if (requestId) extra["request_id"] = requestId;
  return new ApiError(
    response.status,
    typeof code === "string" ? code : fallbackCode,
    typeof message === "string" ? message : `HTTP ${response.status}`,
    extra,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
