/** Asks before a comment is reported to the owner. */
import { useEffect, useRef } from "react";

import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { Button } from "@/ui/Button";

import type { Shown } from "../shown";
import { useCommentActions } from "../useComments";
import { useWriter } from "./context";

export function ReportQuestion({ comment, onClose }: { comment: Shown; onClose: () => void }) {
  const t = useT();
  const texts = useCommentTexts();
  const { sectionId, userId } = useWriter();
  const actions = useCommentActions(sectionId, userId);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  const question = texts.reportQuestion(comment.author?.name ?? "");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog.
    <div
      role="alertdialog"
      aria-label={question}
      className="space-y-2 rounded-xl border border-line bg-raised p-3 text-sm"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <p className="wrap-anywhere">{question}</p>
      <div className="flex flex-wrap gap-2">
        <Button ref={cancel} isSmall onClick={onClose}>
          {t.app.cancel}
        </Button>
        <Button
          isSmall
          variant="danger"
          onClick={() => {
            actions.report(comment.id);
            onClose();
          }}
        >
          {texts.report}
        </Button>
      </div>
    </div>
  );
}
