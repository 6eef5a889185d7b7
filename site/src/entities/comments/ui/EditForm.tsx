/** Changing a comment of one's own, in its place. */
import { useState } from "react";

import { useCommentTexts } from "@/i18n/comments";

import type { Shown } from "../shown";
import { useCommentActions } from "../useComments";
import { useWriter } from "./context";
import { TextForm } from "./TextForm";

export function EditForm({ comment, onClose }: { comment: Shown; onClose: () => void }) {
  const texts = useCommentTexts();
  const { sectionId, userId, limits } = useWriter();
  const { edit } = useCommentActions(sectionId, userId);
  const [text, setText] = useState(comment.text);
  return (
    <TextForm
      label={texts.editOf}
      submitLabel={texts.save}
      text={text}
      limit={limits.comment_characters}
      isFocused
      onText={setText}
      onSubmit={async (changed) => {
        if (changed !== comment.text) await edit.mutateAsync({ id: comment.id, text: changed });
        onClose();
      }}
      onCancel={onClose}
    />
  );
}
