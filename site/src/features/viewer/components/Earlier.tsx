import { useT } from "@/i18n";
import { Button } from "@/ui/Button";

/** Says that a page stands as it was cited, though its file has been read again since. What the file's notes say is of the present reading. */
export function Earlier({ onNow }: { onNow: () => void }) {
  const words = useT().citations.viewer;
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-2 text-xs text-muted wide:px-5">
      <p>{words.earlier}</p>
      <Button isSmall onClick={onNow}>{words.asNow}</Button>
    </div>
  );
}
