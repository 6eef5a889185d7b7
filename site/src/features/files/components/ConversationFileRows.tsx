import type { UseQueryResult } from "@tanstack/react-query";

import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { errorText } from "@/lib/errorText";
import { extentText } from "@/lib/files/fileText";
import { fileIcon } from "@/lib/files/kinds";
import { formatBytes } from "@/lib/format";
import { openViewer } from "@/lib/viewer";
import { Alert } from "@/ui/Alert";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Skeleton } from "@/ui/Skeleton";

interface ConversationFileRowsProps {
  list: UseQueryResult<{ items: StoredFile[] }>;
  onRemove: (file: StoredFile) => void;
}

export function ConversationFileRows({ list, onRemove }: ConversationFileRowsProps) {
  const t = useT();
  if (list.isPending) return <Skeleton className="m-1.5 h-9" />;
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
  if (list.data.items.length === 0) return <p className="px-1.5 py-2 text-sm text-muted">{t.files.noneLeft}</p>;
  return (
    <ul>
      {list.data.items.map((file) => (
        <Row key={file.file_id} file={file} onRemove={() => onRemove(file)} />
      ))}
    </ul>
  );
}

function Row({ file, onRemove }: { file: StoredFile; onRemove: () => void }) {
  const t = useT();
  const language = useLanguage();
  return (
    <li className="flex items-center gap-1 rounded-lg hover:bg-hover/70">
      <button
        type="button"
        aria-label={t.files.open(file.name)}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-lg p-1.5 text-left"
        onClick={() => openViewer({ file_id: file.file_id, name: file.name, page: 1 })}
      >
        <span className="text-accent">
          <Icon name={fileIcon(file)} />
        </span>
        <span className="min-w-0">
          <span className="block truncate text-sm">{file.name}</span>
          <span className="block truncate text-xs text-muted">
            {extentText({ t, language }, file) ?? formatBytes(language, file.size)}
          </span>
        </span>
      </button>
      <IconButton icon="close" size="small" label={t.files.removeFromConversation(file.name)} onClick={onRemove} />
    </li>
  );
}
