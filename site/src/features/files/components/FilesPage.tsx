/** All files of a person: what became of each, and what can be done with it. */
import { useEffect, useState, type ReactNode } from "react";

import type { File as StoredFile } from "@/api/types";
import { useT } from "@/i18n";
import { announce } from "@/lib/announcer";
import { useUploads } from "@/entities/files/context";
import { useFileDrop, type Incoming } from "@/entities/files/dropped";
import type { Refused } from "@/entities/files/uploads";
import { DOT } from "@/lib/format";
import { SearchField } from "@/ui/SearchField";
import { DropOverlay } from "@/entities/files/ui/DropOverlay";
import { FilePicker } from "@/entities/files/ui/FilePicker";
import { RefusedFiles } from "@/entities/files/ui/RefusedFiles";

import { pageUploads } from "../pageUploads";
import { FileList } from "./FileList";
import { UploadRows } from "./UploadRows";

export interface FilesPageProps {
  openList: ReactNode;
  onUseInNewChat: (file: StoredFile) => void;
}

export default function FilesPage({ openList, onUseInNewChat }: FilesPageProps) {
  const t = useT();
  const uploads = useUploads();
  const [name, setName] = useState("");
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  useEffect(() => {
    document.title = `${t.files.page.title}${DOT}${t.app.name}`;
  }, [t]);
  const upload = (incoming: Incoming): void => {
    const added = uploads.add(incoming.files);
    pageUploads(uploads).set([...pageUploads(uploads).get(), ...added.keys]);
    setRefused([...incoming.refused, ...added.refused]);
    if (added.keys.length > 0) announce(t.files.page.uploading(added.keys.length));
  };
  const isDropping = useFileDrop(upload);
  return (
    <main className="relative flex min-w-0 flex-1 flex-col" aria-label={t.files.page.title}>
      <header className="flex min-h-14 shrink-0 items-center gap-1 px-2 wide:px-5">
        {openList}
        <h1 className="min-w-0 flex-1 truncate px-1 text-[0.9375rem] font-medium text-muted">{t.files.page.title}</h1>
        <FilePicker label={t.files.page.upload} isWide onFiles={(files) => upload({ files, refused: [] })} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-[47rem] flex-col gap-3 px-4 pt-2 pb-8 wide:px-6">
          <SearchField label={t.files.page.search} onSearch={setName} />
          <RefusedFiles refused={refused} onDismiss={() => setRefused([])} />
          <UploadRows />
          <FileList name={name} onUseInNewChat={onUseInNewChat} />
        </div>
      </div>
      {isDropping && <DropOverlay text={t.files.dropToUpload} />}
    </main>
  );
}
