import { useEffect, useState } from "react";

import { useLanguage, useT } from "@/i18n";
import { formatDate } from "@/lib/format";

import { Alert } from "./Alert";

/** Said of what is deleted within so many days. */
const ANNOUNCED_MS = 14 * 86_400_000;
const HOUR_MS = 3_600_000;

interface EndingProps {
  /** When it is deleted unless it is used; null: never, or not known. */
  until: string | null;
  /** The sentence that names the day. */
  says: (date: string) => string;
  onKeep: () => void;
}

/** Told in its last days: what is not used is deleted then, and a button keeps it. */
export function Ending({ until, says, onKeep }: EndingProps) {
  const t = useT();
  const language = useLanguage();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), HOUR_MS);
    return () => clearInterval(timer);
  }, []);
  if (until === null || new Date(until).getTime() - now > ANNOUNCED_MS) return null;
  return (
    <Alert tone="notice" action={{ label: t.retention.keep, run: onKeep }}>
      {says(formatDate(language, until))}
    </Alert>
  );
}
