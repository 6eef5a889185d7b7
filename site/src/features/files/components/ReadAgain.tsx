import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { problemText } from "@/entities/files/fileText";
import { Button } from "@/ui/Button";

import { useFileActions } from "../api/actions";

/** Offers to read a file again that an earlier reader has read, and says how far that is. */
export function ReadAgain({ file }: { file: StoredFile }) {
  const t = useT();
  const language = useLanguage();
  const { readAgain } = useFileActions();
  const words = t.files.again;
  if (file.again === "waiting" || file.again === "reading") return <p className="text-sm text-muted">{words.running}</p>;
  const isFailed = file.again === "failed";
  if (!file.outdated && !isFailed) return null;
  const reason = isFailed && file.again_error ? ` ${problemText({ t, language }, file.again_error)}` : "";
  const offer = file.status === "failed" ? words.offerFailed : words.offer;
  return (
    <div className="relative mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <p className={isFailed ? "text-notice" : "text-muted"}>{isFailed ? words.failed + reason : offer}</p>
      {file.outdated && (
        <Button variant="quiet" isSmall aria-label={words.actionNamed(file.name)} onClick={() => readAgain(file)}>
          {words.action}
        </Button>
      )}
    </div>
  );
}
