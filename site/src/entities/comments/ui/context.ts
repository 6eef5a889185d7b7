import { createContext, use } from "react";

import type { Limits } from "@/lib/config";

/** Who writes under which section. */
export interface Writer {
  sectionId: string;
  userId: string;
  limits: Limits;
}

export const WriterContext = createContext<Writer | null>(null);

export function useWriter(): Writer {
  const writer = use(WriterContext);
  if (!writer) throw new Error("useWriter needs a WriterContext above it.");
  return writer;
}
