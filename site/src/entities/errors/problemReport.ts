/** What "Report a problem" copies: where, when and which request; nothing that anybody wrote. */
import { ApiError, NetworkError, requestIdOf, SessionExpiredError } from "@/api/client";

export interface Problem {
  /** The kind of failure, by its code. */
  code: string;
  requestId?: string;
  /** Of an answer that failed: the server's log names its request beside it. */
  messageId?: string;
  /** Of a fault of the page itself: file, line and column. */
  place?: string;
}

export function problemOf(error: unknown): Problem {
  const place = placeOf(error);
  return { code: codeOf(error), requestId: requestIdOf(error), ...(place !== undefined && { place }) };
}

/** Where in the site's own code it was thrown. Its message is not told: it may quote what somebody wrote. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof ApiError || error instanceof NetworkError) return undefined;
  return /[\w.-]+\.[jt]sx?:\d+:\d+/.exec(error.stack?.replace(error.message, "") ?? "")?.[0];
}

function codeOf(error: unknown): string {
  if (error instanceof ApiError) return `${error.status} ${error.code}`;
  if (error instanceof NetworkError) return "network";
  if (error instanceof SessionExpiredError) return "session_expired";
  return error instanceof Error ? error.name : "unknown";
}

// Built files are named by their content.
const version = (): string => new URL(import.meta.url).pathname.split("/").pop() ?? "";

export function problemReport({ code, requestId, messageId, place }: Problem, at = new Date()): string {
  const lines: [string, string | undefined][] = [
    ["request", requestId],
    ["answer", messageId],
    ["code", code],
    ["at", place],
    ["time", at.toISOString()],
    // Neither what follows ? nor # is told: it may be what somebody searches for.
    ["page", location.pathname],
    ["site", version()],
    ["browser", navigator.userAgent],
  ];
  return lines.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join("\n");
}
