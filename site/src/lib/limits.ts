import { createContext, use } from "react";

import type { Limits } from "./config";

export const LimitsContext = createContext<Limits | null>(null);

export function useLimits(): Limits {
  const limits = use(LimitsContext);
  if (!limits) throw new Error("useLimits needs a LimitsContext above it.");
  return limits;
}
