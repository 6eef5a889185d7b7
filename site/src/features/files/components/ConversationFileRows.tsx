import type { UseQueryResult } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useT } from "@/i18n";
import type { ConversationFilesRead, FileState } from "@/entities/files/conversationFiles";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { Skeleton } from "@/ui/Skeleton";

import { ConversationFileRow, type ShownFile } from "./ConversationFileRow";

interface RowsProps {
  files: readonly ShownFile[];
  stateOf: (fileId: string) => FileState;
  actions: Record<"remove" | "putBack", (file: ShownFile) => void>;
}

export function ConversationFileRows({ list, ...rows }: RowsProps & { list: UseQueryResult<ConversationFilesRead> }) {
  const t = useT();
  if (list.isLoading) return <Skeleton className="m-1.5 h-9" />;
  if (list.isError && !list.data) return <LoadFailed text={t.files.loadFailed} error={list.error} onRetry={list.refetch} />;
  return <Rows {...rows} />;
}

/** A row stays where it is when its file is taken out or put back: nothing moves under a finger or the focus. */
function Rows({ files, stateOf, actions }: RowsProps) {
  const t = useT();
  const id = useId();
  const placed = usePlaced(files, stateOf);
  const row = ({ file, place }: Placed) => {
    const state = stateOf(file.file_id);
    const toggle = (): void => actions[state === "in" ? "remove" : "putBack"](file);
    return <ConversationFileRow key={file.file_id} file={file} place={place} state={state} onToggle={toggle} />;
  };
  const inside = placed.filter(({ place }) => place === "in");
  const outside = placed.filter(({ place }) => place === "out");
  return (
    <>
      {inside.length === 0 ? <p className="px-1.5 py-2 text-sm text-muted">{t.files.noneLeft}</p> : <ul>{inside.map(row)}</ul>}
      {outside.length > 0 && (
        <>
          <h2 id={id} className="mt-1 border-t border-line px-1.5 pt-2 pb-1 text-xs font-medium text-muted">
            {t.files.takenOutTitle}
          </h2>
          <ul aria-labelledby={id}>{outside.map(row)}</ul>
        </>
      )}
    </>
  );
}

interface Placed {
  file: ShownFile;
  place: "in" | "out";
}

/** Where each file stands: as it was when the list was opened, or first known. */
function usePlaced(files: readonly ShownFile[], stateOf: RowsProps["stateOf"]): Placed[] {
  const place = (file: ShownFile): Placed[] => {
    const state = stateOf(file.file_id);
    return state === "deleted" ? [] : [{ file, place: state }];
  };
  const [opened] = useState(() => files.flatMap(place));
  const known = new Map(files.map((file) => [file.file_id, file]));
  const placed = new Set(opened.map(({ file }) => file.file_id));
  const kept = opened.map((entry) => ({ ...entry, file: known.get(entry.file.file_id) ?? entry.file }));
  return [...kept, ...files.filter((file) => !placed.has(file.file_id)).flatMap(place)];
}
