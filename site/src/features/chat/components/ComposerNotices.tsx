import { useSyncExternalStore } from "react";

import { useT } from "@/i18n";
import { Alert } from "@/ui/Alert";
import { RefusedFiles } from "@/ui/RefusedFiles";

import type { DraftFiles } from "../useDraftFiles";

interface ComposerNoticesProps {
  /** By how many characters the text is too long, written out; null: it is not. */
  excess: string | null;
  modelNote: string | null;
  files: DraftFiles;
}

/** What stands in the way of a message, or is good to know before it is sent. */
export function ComposerNotices({ excess, modelNote, files }: ComposerNoticesProps) {
  const t = useT();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return (
    <>
      {!isOnline && <Alert tone="notice">{t.chat.offline}</Alert>}
      {modelNote && <Alert tone="notice">{modelNote}</Alert>}
      {excess !== null && <Alert>{t.chat.tooLong(excess)}</Alert>}
      <RefusedFiles refused={files.refused} onDismiss={files.dismissRefused} />
    </>
  );
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
