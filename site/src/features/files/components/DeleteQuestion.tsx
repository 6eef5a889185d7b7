import { useEffect, useId, useRef } from "react";
import { Link } from "wouter";

import type { File as StoredFile } from "@/api/types";
import { useT } from "@/i18n";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";

import { useFileDetail } from "../api/files";

interface DeleteQuestionProps {
  file: StoredFile;
  onConfirm: () => void;
  onClose: () => void;
}

/** What depends on a file, before it is deleted. */
export function DeleteQuestion({ file, onConfirm, onClose }: DeleteQuestionProps) {
  const t = useT();
  const id = useId();
  const detail = useFileDetail(file.file_id);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  const usedIn = detail.data?.used_in ?? [];
  const count = detail.data?.conversations ?? file.conversations;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog.
    <div
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-lead`}
      className="mt-2 ml-9 space-y-2 rounded-xl border border-danger/30 bg-danger-soft p-3.5 text-sm"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <p id={`${id}-title`} className="font-medium wrap-anywhere">
        {t.files.page.deleteQuestion(file.name)}
      </p>
      <div id={`${id}-lead`} className="space-y-1.5">
        <p>{detail.isPending ? t.files.page.usedInLoading : t.files.page.usedIn(count)}</p>
        {usedIn.length > 0 && (
          <ul className="max-h-32 list-disc space-y-0.5 overflow-y-auto pl-5">
            {usedIn.map(({ conversation_id: conversationId, title }) => (
              <li key={conversationId}>
                <Link href={routes.conversation(conversationId)} className="underline">
                  {title ?? t.files.page.untitled}
                </Link>
              </li>
            ))}
          </ul>
        )}
        {count > 0 && <p>{t.files.page.usedInLead}</p>}
      </div>
      <div className="flex flex-wrap gap-2 pt-1">
        <Button ref={cancel} isSmall onClick={onClose}>
          {t.app.cancel}
        </Button>
        <Button isSmall variant="danger" icon="trash" onClick={onConfirm}>
          {t.files.page.deleteConfirm}
        </Button>
      </div>
    </div>
  );
}
