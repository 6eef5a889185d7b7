import { useRef } from "react";

import { useT } from "@/i18n";
import { useUploads } from "@/entities/files/context";
import { useStore } from "@/lib/store";
import { AttachmentChip } from "@/entities/files/ui/AttachmentChip";

import { focusBeside } from "../focusBeside";
import { pageUploads } from "../pageUploads";

/** What is being uploaded from here, with its progress and a way to cancel it. */
export function UploadRows() {
  const t = useT();
  const uploads = useUploads();
  const store = pageUploads(uploads);
  const keys = useStore(store);
  const rows = useRef<HTMLUListElement>(null);
  if (keys.length === 0) return null;
  const remove = (key: string): void => {
    focusBeside(rows.current?.children[keys.indexOf(key)], ":scope > button:last-of-type");
    uploads.remove(key);
    store.set(store.get().filter((other) => other !== key));
  };
  return (
    <ul ref={rows} aria-label={t.files.page.uploads} className="flex flex-wrap gap-2">
      {keys.map((key) => (
        <AttachmentChip key={key} attachmentKey={key} onRemove={() => remove(key)} />
      ))}
    </ul>
  );
}
