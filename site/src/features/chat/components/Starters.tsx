import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { focusComposer } from "@/lib/focusComposer";
import { useStore } from "@/lib/store";
import { outboxKey } from "@/session/outbox";

import { useChat } from "../context";

/** Ways to begin: each puts its beginning into the message box, to be completed. What is written there is never replaced. */
export function Starters() {
  const t = useT();
  const draft = useChat().drafts.of(outboxKey(null));
  const isWritten = useStore(draft).trim() !== "";
  return (
    // Without them nothing moves.
    <ul aria-label={t.chat.starters} className={cx("flex flex-wrap justify-center gap-2 px-4 pt-3 pb-6", isWritten && "invisible")}>
      {t.chat.starterList.map(({ label, text }) => (
        <li key={label}>
          <button
            type="button"
            className="min-h-10 rounded-full border border-line px-4 text-sm text-muted transition-colors hover:bg-hover hover:text-ink [@media(pointer:coarse)]:min-h-11"
            onClick={() => {
              // To go on right behind it.
              draft.set(`${text} `);
              focusComposer();
            }}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}
