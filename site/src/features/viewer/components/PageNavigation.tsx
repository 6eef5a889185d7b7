import { useLanguage, useT } from "@/i18n";
import type { Unit } from "@/entities/files/kinds";
import { formatCount } from "@/lib/format";
import { IconButton } from "@/ui/Button";

interface PageNavigationProps {
  unit: Unit;
  page: number;
  /** null: not known yet. */
  pages: number | null;
  goTo: (page: number) => void;
}

export function PageNavigation({ unit, page, pages, goTo }: PageNavigationProps) {
  const t = useT();
  const language = useLanguage();
  const { units, of } = t.citations.viewer;
  const words = units[unit];
  return (
    <nav aria-label={words.name} className="flex min-h-14 shrink-0 items-center justify-center gap-2 border-t border-line px-2 text-sm">
      <Step icon="chevronLeft" label={words.previous} isPossible={page > 1} onStep={() => goTo(page - 1)} />
      <form
        className="flex items-center gap-2 text-muted"
        onSubmit={(event) => {
          event.preventDefault();
          goTo(asked(event.currentTarget, pages) ?? page);
        }}
      >
        <label className="flex items-center gap-2">
          {words.name}
          <input
            // A new page is a new start of what is typed.
            key={page}
            name="page"
            inputMode="numeric"
            autoComplete="off"
            defaultValue={page}
            className="min-h-9 w-16 rounded-lg border border-line bg-raised px-2 text-center text-base text-ink tabular-nums wide:text-sm [@media(pointer:coarse)]:min-h-11"
            onFocus={(event) => event.currentTarget.select()}
            onBlur={(event) => {
              event.currentTarget.value = String(page);
            }}
          />
        </label>
        {pages !== null && <span className="tabular-nums">{of(formatCount(language, pages))}</span>}
      </form>
      <Step icon="chevronRight" label={words.next} isPossible={pages === null || page < pages} onStep={() => goTo(page + 1)} />
    </nav>
  );
}

/** The page that was typed in, brought into the file; null for no number. */
function asked(form: HTMLFormElement, pages: number | null): number | null {
  const typed = Number.parseInt(String(new FormData(form).get("page")), 10);
  return Number.isNaN(typed) ? null : Math.max(1, Math.min(typed, pages ?? typed));
}

interface StepProps {
  icon: "chevronLeft" | "chevronRight";
  label: string;
  isPossible: boolean;
  onStep: () => void;
}

/** Never truly disabled: the keyboard would lose its place at the first and the last page. */
function Step({ icon, label, isPossible, onStep }: StepProps) {
  return (
    <IconButton
      icon={icon}
      size="large"
      label={label}
      aria-disabled={!isPossible}
      className={isPossible ? "" : "cursor-not-allowed! opacity-50"}
      onClick={isPossible ? onStep : undefined}
    />
  );
}
