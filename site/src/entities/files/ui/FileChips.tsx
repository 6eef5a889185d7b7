import { useId } from "react";

import type { MessageFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { notedExtent } from "../fileText";
import { fileIcon } from "../kinds";
import { openViewer } from "@/lib/viewer";

import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/icons";

import { Thumbnail } from "./Thumbnail";

interface FileChipsProps {
  files: readonly MessageFile[];
  className?: string;
  /** What became of a file, if anything. */
  noteOf?: (file: MessageFile) => string | null;
  /** Whether it was deleted. */
  isGone?: (file: MessageFile) => boolean;
  /** Left out: they stay as they are. */
  onRemove?: (file: MessageFile) => void;
}

/** The files of a message; each opens at its first page. */
export function FileChips({ files, className, noteOf, isGone, onRemove }: FileChipsProps) {
  const t = useT();
  const language = useLanguage();
  const id = useId();
  if (files.length === 0) return null;
  return (
    <ul aria-label={t.files.attachedToMessage} className={cx("flex flex-wrap gap-2", className)}>
      {files.map((file) => (
        <li key={file.file_id} className={cx("min-w-0", onRemove && "flex items-center gap-0.5")}>
          <div className="relative flex max-w-64 min-w-0 items-center gap-2 rounded-xl border border-line bg-raised px-2.5 py-1.5 transition-colors hover:bg-hover">
            {fileIcon(file) === "image" ? (
              <Thumbnail name={file.name} fileId={isGone?.(file) ? null : file.file_id} />
            ) : (
              <span className="text-accent">
                <Icon name={fileIcon(file)} />
              </span>
            )}
            <span className="min-w-0">
              <button
                type="button"
                aria-label={t.files.open(file.name)}
                aria-describedby={`${id}-${file.file_id}`}
                title={t.files.open(file.name)}
                // All of the chip is pressed, while its name is what is read in it.
                className="block w-full truncate rounded-sm text-left text-sm after:absolute after:inset-0 after:rounded-xl"
                onClick={() => openViewer({ file_id: file.file_id, name: file.name, page: 1 })}
              >
                {file.name}
              </button>
              <span id={`${id}-${file.file_id}`} className="block truncate text-xs text-muted">
                {notedExtent({ t, language }, file, noteOf?.(file) ?? null)}
              </span>
            </span>
          </div>
          {onRemove && (
            <IconButton icon="close" size="small" label={t.files.remove(file.name)} onClick={() => onRemove(file)} />
          )}
        </li>
      ))}
    </ul>
  );
}
