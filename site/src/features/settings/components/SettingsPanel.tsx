/** Language, appearance and account, in a small panel above its button. */
import { useEffect, useId, useRef, useState } from "react";

import { useT } from "@/i18n";
import { useLimits } from "@/lib/limits";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Icon } from "@/ui/icons";
import { LanguageSwitch } from "@/ui/LanguageSwitch";

import { setTheme, themes, useTheme } from "../api/theme";

/** Which sessions end: this one, or all of the person. */
export type Where = "here" | "everywhere";

interface SettingsPanelProps {
  email: string;
  onSignOut: (where: Where) => void;
}

export function SettingsPanel({ email, onSignOut }: SettingsPanelProps) {
  const t = useT();
  const { retention_days: days } = useLimits();
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, [isOpen]);
  return (
    <div
      ref={root}
      role="presentation"
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      {isOpen && (
        <section
          id={id}
          aria-label={t.settings.title}
          className="animate-rise absolute inset-x-0 bottom-full z-40 mb-2 space-y-4 rounded-2xl border border-line bg-raised p-3 shadow-float"
        >
          <SettingsChoices />
          <p className="px-1 text-sm text-muted">{t.settings.kept(days)}</p>
          <p className="px-1 text-sm text-muted">
            {t.settings.signedInAs}
            <br />
            <span className="break-all text-ink">{email}</span>
          </p>
          <div className="space-y-1">
            <Button className="w-full" isSmall onClick={() => onSignOut("here")}>
              {t.settings.signOut}
            </Button>
            <Button className="w-full" variant="quiet" isSmall onClick={() => onSignOut("everywhere")}>
              {t.settings.signOutEverywhere}
            </Button>
          </div>
        </section>
      )}
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        className="flex min-h-11 w-full items-center gap-2.5 rounded-xl px-2.5 text-left text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="sliders" />
        <span className="sr-only">{t.settings.open}</span>
        <span className="min-w-0 flex-1 truncate">{email}</span>
      </button>
    </div>
  );
}

function SettingsChoices() {
  const t = useT();
  const theme = useTheme();
  return (
    <>
      <div className="space-y-1.5">
        <p className="px-1 text-sm font-medium" aria-hidden="true">
          {t.settings.theme}
        </p>
        <Choice
          label={t.settings.theme}
          options={themes.map((value) => ({ value, label: t.settings.themes[value] }))}
          value={theme}
          onChange={setTheme}
        />
      </div>
      <div className="space-y-1.5">
        <p className="px-1 text-sm font-medium" aria-hidden="true">
          {t.settings.language}
        </p>
        <LanguageSwitch />
      </div>
    </>
  );
}
