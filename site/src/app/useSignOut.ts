/** Leaving, with nothing of this person left in the browser. */
import { useRef, useState } from "react";

import { type ApiClient, SessionExpiredError } from "@/api/client";
import { useApi } from "@/api/context";
import { useSession } from "@/features/auth";
import type { Where } from "@/features/settings";
import { t } from "@/i18n";
import { forgetDrafts } from "@/session/drafts";
import { showError } from "@/entities/errors/showError";

/** Nobody waits longer to leave; the token then ends by itself, within the hour. */
const END_WITHIN_MS = 3_000;

/** Have the API refuse what this session's token still allows. Offline it cannot be told, and leaving goes on. */
async function endSession(api: ApiClient): Promise<void> {
  await api.post("/sessions/end", undefined, { signal: AbortSignal.timeout(END_WITHIN_MS) }).catch(() => undefined);
}

/**
 * The same for all sessions. Where the API cannot be told nobody leaves: they would think that it was done.
 * false: this one had ended before, and can end no other.
 */
async function endSessions(api: ApiClient): Promise<boolean> {
  try {
    await api.post("/sessions/end", { everywhere: true });
    return true;
  } catch (error) {
    if (error instanceof SessionExpiredError) return false;
    throw error;
  }
}

export function useSignOut(userId: string) {
  const session = useSession();
  const api = useApi();
  /** 0: nothing is asked. */
  const [unsentCount, setUnsentCount] = useState(0);
  const opener = useRef<Element | null>(null);
  const asked = useRef<Where>("here");
  const leave = async (): Promise<void> => {
    setUnsentCount(0);
    let everywhere = false;
    try {
      if (asked.current === "everywhere") everywhere = await endSessions(api);
      else await endSession(api);
      await session.signOut(everywhere);
      forgetDrafts(userId);
    } catch (error) {
      showError(t().settings.signOutFailed, error);
    }
  };
  return {
    unsentCount,
    /** At once, unless messages would be lost: so many were not sent. */
    begin: (count: number, where: Where) => {
      asked.current = where;
      opener.current = document.activeElement;
      if (count > 0) setUnsentCount(count);
      else void leave();
    },
    confirm: () => void leave(),
    cancel: () => {
      setUnsentCount(0);
      // Nothing behind the question takes the focus before it is gone.
      setTimeout(() => opener.current instanceof HTMLElement && opener.current.focus());
    },
  };
}
