/** One comment with its replies, and what the reader may do with it. */
import { use, useEffect, useRef, useState, type ReactNode } from "react";

import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { Button } from "@/ui/Button";

import type { Shown } from "../shown";
import { useCommentActions } from "../useComments";
import { Byline } from "./Byline";
import { CommentForm } from "./CommentForm";
import { CommentText } from "./CommentText";
import { WriterContext, useWriter } from "./context";
import { TextForm } from "./TextForm";

type Mode = "shown" | "replied" | "edited" | "reported";

interface CommentItemProps {
  comment: Shown;
  /** Whether new comments are taken. */
  isOpen: boolean;
  /** What it answers; null: it is no reply. */
  root: Shown | null;
}

export function CommentItem({ comment, isOpen, root }: CommentItemProps) {
  const texts = useCommentTexts();
  const writer = use(WriterContext);
  const [mode, setMode] = useState<Mode>("shown");
  const article = useRef<HTMLElement>(null);
  const wasShown = useRef(true);
  useEffect(() => {
    // Back to where it was begun, unless the focus went elsewhere by itself.
    const isBack = mode === "shown" && !wasShown.current;
    if (isBack && document.activeElement === document.body) article.current?.focus({ preventScroll: true });
    wasShown.current = mode === "shown";
  }, [mode]);
  const close = (): void => setMode("shown");
  const name = comment.author?.name ?? "";
  return (
    <article
      ref={article}
      id={`comment-${comment.id}`}
      tabIndex={-1}
      aria-label={comment.author ? (root ? texts.replyBy(name) : texts.by(name)) : texts.deletedPlace}
      className="space-y-1.5 rounded-sm outline-offset-4"
    >
      {comment.author ? (
        <>
          <Byline author={comment.author} isMine={comment.isMine} timestamp={comment.timestamp} editedAt={comment.edited_at} />
          {(comment.status === "held" || comment.status === "hidden") && (
            <p className="w-fit rounded-md bg-notice-soft px-1.5 py-0.5 text-sm text-notice">{texts[comment.status]}</p>
          )}
          {mode === "edited" ? <EditForm comment={comment} onClose={close} /> : <CommentText text={comment.text} />}
          {writer && mode !== "edited" && <Actions comment={comment} canReply={isOpen && root === null} onMode={setMode} />}
        </>
      ) : (
        <p className="text-muted italic">{texts.deletedPlace}</p>
      )}
      {mode === "reported" && <ReportQuestion comment={comment} onClose={close} />}
      {(comment.replies.length > 0 || mode === "replied") && (
        <Replies name={name || texts.deletedPlace}>
          {comment.replies.map((reply) => (
            <li key={reply.id}>
              <CommentItem comment={reply} isOpen={isOpen} root={comment} />
            </li>
          ))}
          {mode === "replied" && (
            <li>
              <CommentForm replyTo={{ id: comment.id, name }} onDone={close} />
            </li>
          )}
        </Replies>
      )}
    </article>
  );
}

function Replies({ name, children }: { name: string; children: ReactNode }) {
  const texts = useCommentTexts();
  return (
    <ol aria-label={texts.replies(name)} className="mt-3 space-y-4 border-l-2 border-line pl-4">
      {children}
    </ol>
  );
}

const LINK = "rounded py-1 text-muted underline-offset-4 hover:text-ink hover:underline [@media(pointer:coarse)]:py-2.5";

function Actions({ comment, canReply, onMode }: { comment: Shown; canReply: boolean; onMode: (mode: Mode) => void }) {
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

function EditForm({ comment, onClose }: { comment: Shown; onClose: () => void }) {
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

function ReportQuestion({ comment, onClose }: { comment: Shown; onClose: () => void }) {
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
