/** All files of a person: what became of each, and what can be done with it. */
import { useState, type ReactNode } from "react";

import type { File as StoredFile } from "@/api/types";
import { useT } from "@/i18n";
import { announce } from "@/lib/announcer";
import { useUploads } from "@/entities/files/context";
import { useFileDrop, type Incoming } from "@/entities/files/dropped";
import type { Refused } from "@/entities/files/uploads";
import { Page } from "@/ui/Page";
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
  const upload = (incoming: Incoming): void => {
    const added = uploads.add(incoming.files);
    pageUploads(uploads).set([...pageUploads(uploads).get(), ...added.keys]);
    setRefused([...incoming.refused, ...added.refused]);
    if (added.keys.length > 0) announce(t.files.page.uploading(added.keys.length));
  };
  const isDropping = useFileDrop(upload);
  return (
    <Page
      title={t.files.page.title}
      openList={openList}
      tools={<FilePicker label={t.files.page.upload} isWide onFiles={(files) => upload({ files, refused: [] })} />}
      className="max-w-[47rem] gap-3 pb-8"
      over={isDropping && <DropOverlay text={t.files.dropToUpload} />}
    >
      <SearchField label={t.files.page.search} onSearch={setName} />
      <RefusedFiles refused={refused} onDismiss={() => setRefused([])} />
      <UploadRows />
      <FileList name={name} onUseInNewChat={onUseInNewChat} />
    </Page>
  );
}
