import { useEffect, useRef } from "react";

import { t as texts, useLanguage, useT, type Messages } from "@/i18n";
import { announce } from "@/lib/announcer";
import { cx } from "@/lib/classNames";
import { lostAttachment, type Attachment } from "../attachment";
import { useAttachment, useUploads } from "../context";
import { attachmentText, cutText } from "../fileText";
import { fileIcon } from "../kinds";
import { noteTexts } from "../notes";
import { DOT } from "@/lib/format";
import { openViewer } from "@/lib/viewer";

import { FileNotes } from "./FileNotes";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { ProgressBar } from "@/ui/ProgressBar";

import { Thumbnail } from "./Thumbnail";

interface AttachmentChipProps {
  attachmentKey: string;
  /** null: it stays as it is, in a message that is on its way. */
  onRemove: (() => void) | null;
}

/** A file on its way into a message: what it is doing, what went wrong, and how to get rid of it. */
export function AttachmentChip({ attachmentKey, onRemove }: AttachmentChipProps) {
  const t = useT();
  const language = useLanguage();
  const uploads = useUploads();
  const attachment = named(t, useAttachment(attachmentKey) ?? lostAttachment(attachmentKey));
  const { name, phase, known, canRetry } = attachment;
  const text = attachmentText({ t, language }, attachment);
  const notes = phase === "ready" ? noteTexts({ t, language }, known?.notes) : [];
  useAnnouncedEnd(attachment, text, notes.map((note) => ` ${note.text}`).join(""));
  const remove = useRef<HTMLButtonElement>(null);
  const retry = (): void => {
    // Its own button goes.
    remove.current?.focus();
    uploads.retry(attachmentKey);
  };
  const isFailed = phase === "failed";
  const icon = isFailed ? "alert" : fileIcon({ name, group: known?.group ?? null });
  const isCancel = phase === "preparing" || phase === "uploading";
  const isCut = phase === "ready" && cutText({ t, language }, known ?? {}) !== null;
  const isWaiting = phase === "reading" && known?.status === "waiting";
  return (
    <li
      className={cx(
        "relative flex max-w-full min-w-0 items-start gap-2 rounded-xl border py-1.5 pr-1 pl-2 text-left",
        isFailed ? "w-full border-danger/40 bg-danger-soft text-danger" : "w-full border-line bg-paper wide:w-72",
      )}
    >
      {icon === "image" ? (
        <Thumbnail name={name} fileId={phase === "ready" ? attachment.file_id : null} source={uploads.sourceOf(attachmentKey)} />
      ) : (
        <span className={cx("mt-0.5", !isFailed && "text-accent")}>
          <Icon name={icon} />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <ChipName attachment={attachment} />
        <p
          className={cx(
            "text-xs",
            isFailed || isCut || isWaiting ? "break-words" : "truncate",
            isCut ? "text-notice" : !isFailed && "text-muted",
          )}
          title={text}
        >
          {text}
          {phase === "ready" && known?.scanned && `${DOT}${t.files.scanned}`}
        </p>
        {phase === "ready" && <FileNotes notes={known?.notes} className="text-xs" />}
        {(isCancel || (phase === "reading" && !isWaiting)) && (
          <div className="mt-1">
            <ProgressBar label={t.files.progress(name)} value={progressOf(attachment)} />
          </div>
        )}
      </div>
      {onRemove && isFailed && canRetry && (
        <IconButton icon="retry" size="small" className="relative" label={t.files.retry(name)} onClick={retry} />
      )}
      {onRemove && (
        <IconButton
          ref={remove}
          icon="close"
          size="small"
          className="relative"
          label={isCancel ? t.files.cancel(name) : t.files.remove(name)}
          onClick={onRemove}
        />
      )}
    </li>
  );
}

const named = (t: Messages, attachment: Attachment): Attachment =>
  attachment.name === "" ? { ...attachment, name: t.files.unnamed } : attachment;

function ChipName({ attachment: { name, phase, file_id: fileId } }: { attachment: Attachment }) {
  const t = useT();
  const className = "block w-full truncate text-left text-sm";
  if (phase !== "ready" || fileId === null) {
    return (
      <span className={className} title={name}>
        {name}
      </span>
    );
  }
  return (
    <button
      type="button"
      // To a finger, all of the chip; a mouse meets the line beneath it too, which says at length what it cuts off.
      className={cx(
        className,
        "rounded-sm hover:underline [@media(pointer:coarse)]:after:absolute [@media(pointer:coarse)]:after:inset-0",
      )}
      title={t.files.open(name)}
      aria-label={t.files.open(name)}
      onClick={() => openViewer({ file_id: fileId, name, page: 1 })}
    >
      {name}
    </button>
  );
}

/** null: it moves, but nobody knows how far it is. */
function progressOf({ phase, sent_bytes, size, known }: Attachment): number | null {
  if (phase === "uploading") return size > 0 ? sent_bytes / size : null;
  if (phase === "reading") return known?.pages ? (known.pages_read ?? 0) / known.pages : null;
  return null;
}

/** Says once that a file was read, or why it was not; never step by step. */
function useAnnouncedEnd({ phase, name }: Attachment, text: string, notes: string): void {
  const before = useRef(phase);
  useEffect(() => {
    if (before.current !== phase) {
      if (phase === "ready") announce(texts().files.announceReady(name, text) + notes);
      if (phase === "failed") announce(texts().files.announceFailed(name, text));
    }
    before.current = phase;
  }, [phase, name, text, notes]);
}
