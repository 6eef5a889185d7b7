import { createContext, use, useCallback, useSyncExternalStore } from "react";

import { useStore } from "@/lib/store";

import type { Attachment } from "./attachment";
import type { Readiness, Uploads } from "./uploads";

export const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): Uploads {
  const uploads = use(UploadsContext);
  if (!uploads) throw new Error("useUploads needs an UploadsContext above it.");
  return uploads;
}

export function useAttachment(key: string): Attachment | null {
  return useStore(useUploads().attachment(key));
}

/** Whether a message with these attachments can go out, kept up to date. */
export function useReadiness(keys: readonly string[]): Readiness["state"] {
  const uploads = useUploads();
  const read = useCallback(() => uploads.readiness(keys).state, [uploads, keys]);
  return useSyncExternalStore(uploads.subscribe, read);
}
