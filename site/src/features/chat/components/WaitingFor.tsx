/** Why an answer does not begin, and for how long it will be tried: seen at once, and heard once for each reason. */
import { useEffect, useRef } from "react";

import { useLanguage, useT, type Messages } from "@/i18n";
import { announce } from "@/lib/announcer";
import { formatMoment } from "@/lib/format";

export function WaitingFor({ code, until }: { code: string; until: string | null }) {
  const t = useT();
  const language = useLanguage();
  const why = whyOf(t, code);
  const text = until === null ? why : `${why} ${t.chat.stillTrying(formatMoment(language, Date.parse(until)))}`;
  const said = useRef("");
  useEffect(() => {
    // Each try has another end, by a moment.
    if (said.current !== why) announce(text);
    said.current = why;
  }, [why, text]);
  return <p className="text-sm text-muted">{text}</p>;
}

function whyOf(t: Messages, code: string): string {
  const known: Readonly<Record<string, string>> = t.chat.waitingFor;
  return (Object.hasOwn(known, code) && known[code]) || t.chat.waitingFor.other;
}
