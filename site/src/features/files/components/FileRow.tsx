import { useEffect, useRef, useState } from "react";

import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { cutText, extentText, problemText, readingText, type Wording } from "@/entities/files/fileText";
import { fileIcon } from "@/entities/files/kinds";
import { FileNotes } from "@/entities/files/ui/FileNotes";
import { formatBytes, formatDate } from "@/lib/format";
import { openViewer } from "@/lib/viewer";
import { TOUCHABLE } from "@/ui/Button";
import { Cut } from "@/ui/Cut";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";
import { ProgressBar } from "@/ui/ProgressBar";

import { useFileActions } from "../api/actions";
import { focusBeside } from "../focusBeside";
import { DeleteQuestion } from "./DeleteQuestion";
import { ReadAgain } from "./ReadAgain";
import { RenameForm } from "./RenameForm";

const MENU = "[aria-haspopup=menu]";

interface FileRowProps {
  file: StoredFile;
  onUseInNewChat: (file: StoredFile) => void;
}

export function FileRow({ file, onUseInNewChat }: FileRowProps) {
  const t = useT();
  const [mode, setMode] = useState<"shown" | "renamed" | "deleted">("shown");
  const close = (): void => setMode("shown");
  const row = useRef<HTMLLIElement>(null);
  const actions = useFileActions();
  const wasShown = useRef(true);
  useEffect(() => {
    // Back to where it was begun, unless the focus went elsewhere by itself.
    const isBack = mode === "shown" && !wasShown.current;
    if (isBack && document.activeElement === document.body) row.current?.querySelector<HTMLElement>(MENU)?.focus();
    wasShown.current = mode === "shown";
  }, [mode]);
  const remove = (): void => {
    focusBeside(row.current, MENU);
    actions.remove(file);
  };
  return (
    <li ref={row} className="py-2.5">
      <div className="relative flex items-start gap-3">
        <span className={file.status === "failed" ? "mt-0.5 text-danger" : "mt-0.5 text-accent"}>
          <Icon name={file.status === "failed" ? "alert" : fileIcon(file)} size={24} />
        </span>
        <div className="min-w-0 flex-1">
          {mode === "renamed" ? <RenameForm file={file} onClose={close} /> : <FileName file={file} />}
          <FileFacts file={file} />
        </div>
        <RowMenu
          file={file}
          onUseInNewChat={() => onUseInNewChat(file)}
          onRename={() => setMode("renamed")}
          // What nothing depends on needs no question: it can be undone.
          onDelete={() => (file.conversations > 0 ? setMode("deleted") : remove())}
        />
      </div>
      {mode === "deleted" && <DeleteQuestion file={file} onConfirm={remove} onClose={close} />}
      {file.status === "reading" && (
        <div className="mt-2 ml-9">
          <ProgressBar label={t.files.progress(file.name)} value={file.pages ? file.pages_read / file.pages : null} />
        </div>
      )}
    </li>
  );
}

function FileName({ file: { file_id: fileId, name, status } }: { file: StoredFile }) {
  const t = useT();
  if (status !== "ready" && status !== "reading") return <Cut className="block font-medium">{name}</Cut>;
  return (
    <button
      type="button"
      aria-label={t.files.open(name)}
      title={t.files.open(name)}
      // To a finger, all of the row.
      className={cx(
        "block max-w-full truncate rounded-sm text-left font-medium hover:underline",
        "[@media(pointer:coarse)]:after:absolute [@media(pointer:coarse)]:after:inset-0",
      )}
      onClick={() => openViewer({ file_id: fileId, name, page: 1 })}
    >
      {name}
    </button>
  );
}

function FileFacts({ file }: { file: StoredFile }) {
  const t = useT();
  const language = useLanguage();
  const facts = [
    file.format === "text" ? t.files.formats.text : file.format,
    formatBytes(language, file.size),
    statusText({ t, language }, file),
    file.conversations > 0 ? t.files.page.usedInMany(file.conversations) : null,
    formatDate(language, file.upload_timestamp),
  ];
  const cut = cutText({ t, language }, file);
  return (
    <>
      <p className="text-sm text-muted">{facts.filter((fact) => fact !== null).join("\u00a0· ")}</p>
      {file.scanned && <p className="text-sm text-notice">{t.files.scanned}</p>}
      {cut && <p className="text-sm break-words text-notice">{cut}</p>}
      <FileNotes notes={file.notes} className="text-sm" />
      {file.error && !cut && <p className="text-sm break-words text-danger">{problemText({ t, language }, file.error)}</p>}
      <ReadAgain file={file} />
    </>
  );
}

function statusText(wording: Wording, file: StoredFile): string | null {
  switch (file.status) {
    case "uploaded":
      return wording.t.files.page.notUploaded;
    case "waiting":
    case "reading":
      return readingText(wording, file);
    case "ready":
      return extentText(wording, file);
    case "failed":
      return null;
    default:
      return file.status satisfies never;
  }
}

interface RowMenuProps {
  file: StoredFile;
  onUseInNewChat: () => void;
  onRename: () => void;
  onDelete: () => void;
}

function RowMenu({ file, onUseInNewChat, onRename, onDelete }: RowMenuProps) {
  const t = useT();
  const actions = useFileActions();
  const canUse = file.status === "ready" || file.status === "reading" || file.status === "waiting";
  return (
    <Menu
      label={t.files.page.actions(file.name)}
      triggerClassName={`grid size-9 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink ${TOUCHABLE}`}
      trigger={<Icon name="dots" />}
      items={[
        ...(canUse ? [{ label: t.files.page.useInNewChat, icon: "chat" as const, onSelect: onUseInNewChat }] : []),
        { label: t.files.page.rename, icon: "pencil", onSelect: onRename },
        { label: t.files.page.download, icon: "download", onSelect: () => actions.download(file) },
        { label: t.files.page.delete, icon: "trash", isDangerous: true, onSelect: onDelete },
      ]}
    />
  );
}
