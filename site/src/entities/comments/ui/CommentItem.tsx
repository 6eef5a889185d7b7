/** One comment with its replies, and what the reader may do with it. */
import { use, useEffect, useRef, useState, type ReactNode } from "react";

import { useCommentTexts } from "@/i18n/comments";

import type { Shown } from "../shown";
import { Byline } from "./Byline";
import { CommentActions, type Mode } from "./CommentActions";
import { CommentForm } from "./CommentForm";
import { CommentText } from "./CommentText";
import { WriterContext } from "./context";
import { EditForm } from "./EditForm";
import { ReportQuestion } from "./ReportQuestion";

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
          {writer && mode !== "edited" && <CommentActions comment={comment} canReply={isOpen && root === null} onMode={setMode} />}
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
