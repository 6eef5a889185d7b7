import { useEffect, useState } from "react";

import { Icon } from "./icons";

const PAUSE_MS = 300;

/** What is looked for; searched when the typing pauses. */
export function SearchField({ label, onSearch }: { label: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <div className="relative">
      <span className="pointer-events-none absolute top-3 left-3 text-muted">
        <Icon name="search" />
      </span>
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={255}
        className="h-11 w-full rounded-xl border border-line bg-raised pr-3 pl-10 text-base placeholder:text-muted"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
