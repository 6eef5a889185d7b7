import type { UseQueryResult } from "@tanstack/react-query";
import { useId, useLayoutEffect, useRef } from "react";

import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { errorText } from "@/lib/errorText";
import { extentText } from "@/lib/files/fileText";
import { fileIcon } from "@/lib/files/kinds";
import { formatBytes } from "@/lib/format";
import { openViewer } from "@/lib/viewer";
import { Alert } from "@/ui/Alert";
import { Button, IconButton, TOUCHABLE } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Skeleton } from "@/ui/Skeleton";

interface ConversationFileRowsProps {
  list: UseQueryResult<{ items: StoredFile[] }>;
  onRemove: (file: StoredFile) => void;
}

export function ConversationFileRows({ list, onRemove }: ConversationFileRowsProps) {
  const t = useT();
  if (list.isLoading) return <Skeleton className="m-1.5 h-9" />;
  if (list.isError) {
    return (
      <Alert
        actions={
          <Button isSmall onClick={() => void list.refetch()}>
            {t.app.tryAgain}
          </Button>
        }
      >
        {t.files.loadFailed} {errorText(t, list.error)}
      </Alert>
    );
  }
  return <Rows items={list.data?.items ?? []} onRemove={onRemove} />;
}

/** Where a row that is removed had the focus, the next one has it then. */
function Rows({ items, onRemove }: { items: readonly StoredFile[]; onRemove: (file: StoredFile) => void }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const removed = useRef<{ id: string; at: number } | null>(null);
  useLayoutEffect(() => {
    if (!removed.current || items.some((file) => file.file_id === removed.current?.id)) return;
    const { at } = removed.current;
    removed.current = null;
    if (document.activeElement !== document.body) return;
    const rows = [...(box.current?.querySelectorAll<HTMLElement>("li") ?? [])];
    const button = (rows[at] ?? rows.at(-1))?.querySelector<HTMLElement>("button:last-child");
    (button ?? box.current)?.focus();
  }, [items]);
  const row = (file: StoredFile, at: number) => {
    const remove = (): void => {
      removed.current = { id: file.file_id, at };
      onRemove(file);
    };
    return <Row key={file.file_id} file={file} onRemove={remove} />;
  };
  return (
    <div ref={box} tabIndex={-1} className="-outline-offset-2">
      {items.length === 0 ? <p className="px-1.5 py-2 text-sm text-muted">{t.files.noneLeft}</p> : <ul>{items.map(row)}</ul>}
    </div>
  );
}

function Row({ file, onRemove }: { file: StoredFile; onRemove: () => void }) {
  const t = useT();
  const language = useLanguage();
  const id = useId();
  return (
    <li className="flex items-center gap-1 rounded-lg hover:bg-hover/70">
      <button
        type="button"
        aria-label={t.files.open(file.name)}
        aria-describedby={id}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-lg p-1.5 text-left"
        onClick={() => openViewer({ file_id: file.file_id, name: file.name, page: 1 })}
      >
        <span className="text-accent">
          <Icon name={fileIcon(file)} />
        </span>
        <span className="min-w-0">
          <span className="block truncate text-sm">{file.name}</span>
          <span id={id} className="block truncate text-xs text-muted">
            {extentText({ t, language }, file) ?? formatBytes(language, file.size)}
          </span>
        </span>
      </button>
      <IconButton icon="close" size="small" className={TOUCHABLE} label={t.files.removeFromConversation(file.name)} onClick={onRemove} />
    </li>
  );
}
