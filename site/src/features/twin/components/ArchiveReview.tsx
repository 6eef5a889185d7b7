import { useT } from "@/i18n";
import { useTwinTexts } from "@/i18n/twin";
import { DOT } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import type { Archive, ReadFile } from "../linkedin/archive";

interface ArchiveReviewProps {
  archive: Archive;
  isBusy: boolean;
  problem: string | null;
  onSend: () => void;
  onCancel: () => void;
}

/** What was found, before any of it is sent; and what was left where it is. */
export function ArchiveReview({ archive, isBusy, problem, onSend, onCancel }: ArchiveReviewProps) {
  const t = useT();
  const texts = useTwinTexts().archive;
  const { ownerName, files, missing, empty, foreign, outside, unread } = archive;
  return (
    <section aria-label={texts.title} className="space-y-3 border-t border-line pt-3">
      <div>
        <h4 className="font-medium">{texts.title}</h4>
        <p className="text-sm text-muted">
          {ownerName === "" ? texts.nameless : texts.of(ownerName)} {texts.lead}
        </p>
      </div>
      <ul aria-label={texts.title} className="space-y-1.5">
        {files.map((file) => (
          <FoundFile key={file.file} found={file} />
        ))}
      </ul>
      <div className="space-y-1 text-sm text-muted">
        {missing.length > 0 && <p className="wrap-anywhere">{texts.missing(missing.join(", "))}</p>}
        {empty.length > 0 && <p className="wrap-anywhere">{texts.empty(empty.join(", "))}</p>}
        {foreign.length > 0 && <p className="wrap-anywhere text-notice">{texts.foreign(foreign.join(", "))}</p>}
        {outside.length > 0 && <p className="text-notice">{texts.outside(outside.length)}</p>}
        {unread.length > 0 && (
          <details>
            <summary className="cursor-pointer">{texts.unread(unread.length)}</summary>
            <ul className="mt-1 max-h-48 overflow-y-auto pl-4">
              {unread.map((path) => (
                <li key={path} className="wrap-anywhere">
                  {path}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {problem !== null && <Alert>{problem}</Alert>}
      <div className="flex flex-wrap gap-2">
        <Button isSmall variant="primary" disabled={isBusy || files.length === 0} onClick={onSend}>
          {isBusy ? t.app.loading : texts.send}
        </Button>
        <Button isSmall variant="quiet" onClick={onCancel}>
          {t.app.cancel}
        </Button>
      </div>
    </section>
  );
}

function FoundFile({ found: { file, section, rows, leftOut, beyond } }: { found: ReadFile }) {
  const { archive: texts, sections } = useTwinTexts();
  const names: Readonly<Record<string, string>> = sections;
  const facts = [file, texts.rows(rows.length), ...(beyond > 0 ? [texts.beyond(beyond)] : []), ...(leftOut.length > 0 ? [texts.leftOut(leftOut.join(", "))] : [])];
  return (
    <li>
      <details>
        <summary className="cursor-pointer wrap-anywhere">
          {names[section] ?? file} <span className="text-sm text-muted">{facts.join(DOT)}</span>
        </summary>
        <ul className="mt-1 max-h-64 space-y-2 overflow-y-auto border-l border-line pl-3 text-sm">
          {rows.map((row, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- Rows of a file, which stay as they are.
            <li key={index} dir="auto" className="wrap-anywhere">
              {Object.values(row).join(DOT)}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}
