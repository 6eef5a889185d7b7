import { useT } from "@/i18n";

/** Where in the thread the prompt of the last answer began: what stands above is no longer read. */
export function ReadingBegins() {
  const t = useT();
  return (
    <p role="note" className="flex items-center gap-3 text-center text-sm text-muted text-balance before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {t.chat.readingBegins}
    </p>
  );
}
