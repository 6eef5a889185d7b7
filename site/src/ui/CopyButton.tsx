import { useEffect, useState } from "react";

import { t as texts, useT } from "@/i18n";
import { announce } from "@/lib/announcer";

import { IconButton } from "./Button";
import { showToast } from "./toasts";

const SHOWN_MS = 2_000;

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(texts().chat.copied);
    } catch {
      showToast({ text: texts().chat.copyFailed, isError: true });
    }
  };
  return (
    <IconButton
      icon={isCopied ? "check" : "copy"}
      size="small"
      label={isCopied ? t.chat.copied : label}
      onClick={() => void copy()}
    />
  );
}
