import { createContext, use } from "react";

import { useStore } from "@/lib/store";

import type { Session } from "./api/session";
import type { Identity } from "./api/provider";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession needs a SessionContext above it.");
  return session;
}

/** Who is signed in; null while nobody is. */
export function useIdentity(): Identity | null {
  const state = useStore(useSession().state);
  return state.status === "signed-in" ? state.identity : null;
}
