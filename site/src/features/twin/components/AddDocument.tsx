import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useApi } from "@/api/context";
import { useUploads } from "@/entities/files/context";
import { AttachmentChip } from "@/entities/files/ui/AttachmentChip";
import { RefusedFiles } from "@/entities/files/ui/RefusedFiles";
import type { Refused } from "@/entities/files/uploads";
import { useTwinTexts } from "@/i18n/twin";
import { useStore } from "@/lib/store";

import { documentsOf, type Document } from "../api/documents";
import { Card } from "./Card";
import { ChooseFile } from "./ChooseFile";

const ACCEPTED = { cv: ".pdf,.docx,.txt,.md,.html,.png,.jpg,.jpeg", linkedin_pdf: ".pdf,application/pdf" } as const;

/** A CV, or LinkedIn's profile as PDF: uploaded like any file, then read by Claude. */
export function AddDocument({ handle, kind }: Pick<Document, "handle" | "kind">) {
  const texts = useTwinTexts().sources;
  const uploads = useUploads();
  const store = documentsOf(uploads, useApi(), useQueryClient());
  const mine = useStore(store).filter((one) => one.handle === handle && one.kind === kind);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const add = (file: File): void => {
    const added = uploads.add([file]);
    setRefused(added.refused);
    store.set([...store.get(), ...added.keys.map((key) => ({ key, handle, kind }))]);
  };
  const drop = (key: string): void => {
    uploads.remove(key);
    store.set(store.get().filter((one) => one.key !== key));
  };
  const isCv = kind === "cv";
  return (
    <Card title={isCv ? texts.cv : texts.pdf} lead={isCv ? texts.cvLead : texts.pdfLead}>
      {mine.length > 0 && (
        <ul aria-label={texts.uploads} className="flex flex-wrap gap-2">
          {mine.map(({ key }) => (
            <AttachmentChip key={key} attachmentKey={key} onRemove={() => drop(key)} />
          ))}
        </ul>
      )}
      <RefusedFiles refused={refused} onDismiss={() => setRefused([])} />
      <ChooseFile label={isCv ? texts.cvAdd : texts.pdfAdd} accept={ACCEPTED[kind]} onFile={add} />
    </Card>
  );
}
