import { useState } from "react";

import type { Decision, ModeratedComment } from "@/api/types";
import { Ago, Badge, Name } from "@/entities/comments/ui/Byline";
import { CommentText } from "@/entities/comments/ui/CommentText";
import { TextForm } from "@/entities/comments/ui/TextForm";
import { useCommentTexts } from "@/i18n/comments";
import { useLimits } from "@/lib/limits";
import { routes } from "@/lib/routes";
import { Button, TOUCHABLE } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";

import { decisionsOn, isScript, useModeration } from "../api/moderation";
import { BanDialog } from "./BanDialog";
import type { Writer } from "./WriterBar";

interface ModerationItemProps {
  comment: ModeratedComment;
  /** The title of what it is about. */
  section: string;
  /** How many wait of the same writer, as far as they were loaded. */
  waiting: number;
  /** null: not now. */
  onApproveTheirs: (() => void) | null;
  onDecide: (action: Decision) => void;
  onWriter: (writer: Writer) => void;
}

const TONES = { held: "notice", visible: "accent", hidden: "quiet", deleted: "quiet" } as const;

export function ModerationItem({ comment, section, waiting, onApproveTheirs, onDecide, onWriter }: ModerationItemProps) {
  const texts = useCommentTexts().moderation;
  const [mode, setMode] = useState<"shown" | "replied" | "banned">("shown");
  const name = comment.author?.name ?? "";
  const writer = { userId: comment.user_id, name };
  const canReply = comment.status === "visible";
  return (
    <article
      tabIndex={-1}
      data-id={comment.id}
      aria-label={texts.comment(name, section)}
      className="space-y-2.5 rounded-xl border border-line bg-raised p-3.5 focus:outline-2 focus:outline-accent"
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1 space-y-1 text-sm text-muted">
          <p className="flex flex-wrap items-baseline gap-x-1.5">
            <span className="text-ink">
              <Name>{name}</Name>
            </span>
            {texts.on}
            <a href={`${routes.section(comment.sectionId)}#comment-${comment.id}`} dir="auto" className="text-ink underline underline-offset-2 wrap-anywhere">
              {section}
            </a>
            <Ago time={comment.timestamp} />
          </p>
          <p className="flex flex-wrap gap-1.5">
            <Badge tone={TONES[comment.status]}>{texts.status[comment.status]}</Badge>
            {comment.reports > 0 && <Badge tone="danger">{texts.reports(comment.reports)}</Badge>}
            {comment.why_held && <Badge>{texts.whyHeld[comment.why_held]}</Badge>}
            {comment.reply_to !== null && <Badge>{texts.inReply}</Badge>}
          </p>
        </div>
        <More comment={comment} onWriter={() => onWriter(writer)} onBan={() => setMode("banned")} />
      </div>
      <CommentText text={comment.text} />
      {mode === "replied" ? (
        <ReplyForm comment={comment} onClose={() => setMode("shown")} />
      ) : (
        <div className="flex flex-wrap gap-2">
          {decisionsOn(comment).map((action, at) => (
            <Button key={action} isSmall variant={at === 0 && action !== "hide" ? "primary" : "secondary"} onClick={() => onDecide(action)}>
              {texts[action]}
            </Button>
          ))}
          {comment.status === "held" && waiting > 1 && (
            <Button isSmall disabled={onApproveTheirs === null} onClick={() => onApproveTheirs?.()}>
              {texts.approveTheirs(waiting)}
            </Button>
          )}
          {canReply && (
            <Button isSmall variant="quiet" data-key="r" onClick={() => setMode("replied")}>
              {texts.reply}
            </Button>
          )}
        </div>
      )}
      {mode === "banned" && <BanDialog writer={writer} onClose={() => setMode("shown")} />}
    </article>
  );
}

function More({ comment, onWriter, onBan }: { comment: ModeratedComment; onWriter: () => void; onBan: () => void }) {
  const texts = useCommentTexts().moderation;
  const canBan = !isScript(comment.user_id) && !comment.author?.is_owner;
  return (
    <Menu
      label={texts.actions(comment.author?.name ?? "")}
      triggerClassName={`grid size-9 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink ${TOUCHABLE}`}
      trigger={<Icon name="dots" />}
      items={[
        { label: texts.byPerson, icon: "people", onSelect: onWriter },
        ...(canBan ? [{ label: texts.ban, icon: "stop" as const, isDangerous: true, onSelect: onBan }] : []),
      ]}
    />
  );
}

function ReplyForm({ comment, onClose }: { comment: ModeratedComment; onClose: () => void }) {
  const texts = useCommentTexts();
  const limits = useLimits();
  const { reply } = useModeration();
  const [text, setText] = useState("");
  const [requestId] = useState(() => crypto.randomUUID());
  return (
    <TextForm
      label={texts.replyTo(comment.author?.name ?? "")}
      placeholder={texts.placeholderReply}
      submitLabel={texts.publish}
      busyLabel={texts.publishing}
      text={text}
      limit={limits.comment_characters}
      isFocused
      onText={setText}
      onSubmit={async (written) => {
        await reply.mutateAsync({ comment, text: written, requestId });
        onClose();
      }}
      onCancel={onClose}
    />
  );
}
