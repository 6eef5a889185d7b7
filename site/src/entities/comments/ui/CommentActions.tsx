/** What a reader may do with one comment: reply, report, or with one of their own change and delete it. */
import { useEffect, useState } from "react";

import { useCommentTexts } from "@/i18n/comments";

import type { Shown } from "../shown";
import { useCommentActions } from "../useComments";
import { useWriter } from "./context";

/** What is open at a comment. */
export type Mode = "shown" | "replied" | "edited" | "reported";

const LINK = "rounded py-1 text-muted underline-offset-4 hover:text-ink hover:underline [@media(pointer:coarse)]:py-2.5";

export function CommentActions({ comment, canReply, onMode }: { comment: Shown; canReply: boolean; onMode: (mode: Mode) => void }) {
  const texts = useCommentTexts();
  const { sectionId, userId } = useWriter();
  const actions = useCommentActions(sectionId, userId);
  const canEdit = useUntil(comment.isMine ? comment.editable_until : null);
  const name = comment.author?.name ?? "";
  const remove = (button: HTMLElement): void => {
    focusBeside(button);
    actions.remove(comment.id);
  };
  return (
    <div className="flex flex-wrap gap-x-4 text-sm">
      {canReply && comment.status === "visible" && (
        <button type="button" className={LINK} aria-label={texts.replyTo(name)} onClick={() => onMode("replied")}>
          {texts.reply}
        </button>
      )}
      {canEdit && (
        <button type="button" className={LINK} aria-label={texts.editOf} onClick={() => onMode("edited")}>
          {texts.edit}
        </button>
      )}
      {comment.isMine ? (
        <button type="button" className={LINK} aria-label={texts.deleteOf} onClick={({ currentTarget }) => remove(currentTarget)}>
          {texts.delete}
        </button>
      ) : (
        <button type="button" className={LINK} aria-label={texts.reportOf(name)} onClick={() => onMode("reported")}>
          {texts.report}
        </button>
      )}
    </div>
  );
}

/** Whether a time is still to come; null: it is not. */
function useUntil(time: string | null): boolean {
  const [now, setNow] = useState(() => Date.now());
  const left = time === null ? 0 : Date.parse(time) - now;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setNow(Date.now()), left);
    return () => clearTimeout(timer);
  }, [left]);
  return left > 0;
}

/** The focus goes to the comment beside, or to the whole list, before one goes. */
function focusBeside(button: HTMLElement): void {
  const row = button.closest("li");
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  const target = beside?.querySelector<HTMLElement>("article") ?? button.closest<HTMLElement>("section");
  target?.focus({ preventScroll: true });
}
