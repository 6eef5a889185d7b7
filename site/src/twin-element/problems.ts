/** What kept a question from being taken, as the visitor is told. */
import { ApiError, NetworkError, SessionExpiredError } from "@/api/client";

export type Problem =
  | { is: "waiting"; untilMs: number }
  | { is: "limited"; untilMs: number }
  | { is: "resting"; untilMs: number | null }
  /** blocked: by the firewall. over: a preview is; ended: a visit is. spent: the owner's own budget, which pays their previews. */
  | { is: "offline" | "over" | "ended" | "spent" | "busy" | "gone" | "refused" | "blocked" | "invalid" | "failed" };

/** So long a question waits by itself for its turn; whoever has to wait longer asks again. */
export const LONGEST_WAIT_MS = 5 * 60_000;
const THROTTLED_MS = 5_000;

export function problemOf(error: unknown): Problem {
  if (error instanceof NetworkError) return { is: "offline" };
  if (error instanceof SessionExpiredError) return { is: "over" };
  if (!(error instanceof ApiError)) return { is: "failed" };
  const at = error.extra["retry_at_ms"];
  const untilMs = typeof at === "number" ? at : null;
  if (error.code === "budget_spent") return { is: "spent" };
  if (error.code === "twin_resting") return { is: "resting", untilMs: momentMs(error.extra["resting_until"]) ?? untilMs };
  if (error.status === 429) return limited(untilMs ?? Date.now() + THROTTLED_MS);
  switch (error.status) {
    case 400:
      return { is: "invalid" };
    case 401:
      return { is: "over" };
    case 403:
      return { is: error.code === "blocked" ? "blocked" : "refused" };
    case 404:
      return { is: "gone" };
    case 409:
      return { is: "busy" };
    default:
      return { is: "failed" };
  }
}

const limited = (untilMs: number): Problem => ({
  is: untilMs - Date.now() > LONGEST_WAIT_MS ? "limited" : "waiting",
  untilMs,
});

/** A moment that the API names; null: it names none. */
export function momentMs(value: unknown): number | null {
  const ms = typeof value === "number" ? value * 1000 : typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
