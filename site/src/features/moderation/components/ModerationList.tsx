/** One list of comments to decide about, by mouse, finger or keys. */
import { useEffect, useRef, useState } from "react";

import type { Decision, ModeratedComment } from "@/api/types";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { cx } from "@/lib/classNames";
import { FINE_POINTER, useMediaQuery } from "@/lib/mediaQuery";
import { useStable } from "@/lib/useStable";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";

import { decisionsOn, useModeration, useQueue, useSections } from "../api/moderation";
import { ModerationItem } from "./ModerationItem";
import type { Writer } from "./WriterBar";

type State = "held" | "reported" | "all";

interface ModerationListProps {
  state: State;
  /** null: of everybody. */
  userId: string | null;
  onWriter: (writer: Writer) => void;
}

/** What was decided leaves its list at once, before it is read again. */
const belongs: Readonly<Record<State, (comment: ModeratedComment) => boolean>> = {
  held: ({ status }) => status === "held",
  reported: ({ status, reports }) => reports > 0 && status !== "hidden" && status !== "deleted",
  all: ({ status }) => status !== "deleted",
};

export function ModerationList({ state, userId, onWriter }: ModerationListProps) {
  const t = useT();
  const texts = useCommentTexts().moderation;
  const queue = useQueue({ state, userId });
  const { data: sections } = useSections();
  const { act, approveAll } = useModeration();
  const [progress, setProgress] = useState({ done: 0, count: 0 });
  const hasKeys = useMediaQuery(FINE_POINTER);
  const root = useRef<HTMLOListElement>(null);
  const comments = queue.data?.pages.flatMap((page) => page.comments).filter(belongs[state]) ?? [];
  const decide = (comment: ModeratedComment, action: Decision): void => {
    if (!belongs[state]({ ...comment, status: action === "delete" ? "deleted" : action === "hide" ? "hidden" : "visible", reports: 0 })) {
      focusBeside(root.current, comment.id);
    }
    act(comment, action);
  };
  const heldOf = (writer: string) => comments.filter((comment) => comment.user_id === writer && comment.status === "held");
  const approveTheirs = (writer: string): void => {
    const held = heldOf(writer);
    approveAll.mutate({ comments: held, onProgress: (done) => setProgress({ done, count: held.length }) });
  };
  useKeys(root, (id, key) => {
    const comment = comments.find((held) => held.id === id);
    const action = DECISION_OF[key];
    if (comment && action && decisionsOn(comment).includes(action)) decide(comment, action);
  });
  if (queue.isPending) return <ListSkeleton />;
  if (queue.isError && comments.length === 0) return <LoadFailed text={texts.loadFailed} error={queue.error} onRetry={queue.refetch} />;
  const titles = new Map(sections?.sections.map(({ section_id: id, title }) => [id, title]));
  return (
    <div className={cx("space-y-4", queue.isPlaceholderData && "opacity-60")} aria-busy={queue.isPlaceholderData}>
      {comments.length === 0 && !queue.hasNextPage && (
        <div className="space-y-1 py-10 text-center">
          <h2 className="text-lg font-semibold tracking-tight">{texts.empty[state].title}</h2>
          <p className="text-muted text-balance">{texts.empty[state].lead}</p>
        </div>
      )}
      <p role="status" className="text-sm text-muted empty:hidden">
        {approveAll.isPending && texts.approving(progress.done, progress.count)}
      </p>
      {comments.length > 0 && hasKeys && <p className="text-sm text-muted">{texts.keys}</p>}
      {comments.length > 0 && (
        <ol ref={root} aria-label={texts.list} className="space-y-3">
          {comments.map((comment) => (
            <li key={comment.id}>
              <ModerationItem
                comment={comment}
                section={titles.get(comment.sectionId) ?? comment.sectionId}
                waiting={heldOf(comment.user_id).length}
                onApproveTheirs={approveAll.isPending ? null : () => approveTheirs(comment.user_id)}
                onDecide={(action) => decide(comment, action)}
                onWriter={onWriter}
              />
            </li>
          ))}
        </ol>
      )}
      {queue.hasNextPage && (
        <div className="text-center">
          <Button isSmall variant="quiet" disabled={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
            {queue.isFetchingNextPage ? t.app.loading : texts.loadMore}
          </Button>
        </div>
      )}
    </div>
  );
}

const DECISION_OF: Readonly<Record<string, Decision>> = { a: "approve", h: "hide" };

/** j and k move from comment to comment; other letters are told with the comment that has the focus. */
function useKeys(root: { current: HTMLElement | null }, onKey: (id: string, key: string) => void): void {
  const tell = useStable(onKey);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const { target, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement) || !root.current) return;
      if (target.closest("input:not([type=radio]), textarea, [role=menu], [role=dialog]")) return;
      const articles = [...root.current.querySelectorAll<HTMLElement>("article")];
      const at = articles.findIndex((article) => article.contains(target));
      const current = articles[at];
      if (key === "j" || key === "k") {
        const next = at < 0 ? articles[0] : articles[key === "j" ? at + 1 : at - 1];
        next?.focus();
      } else if (key === "r") {
        current?.querySelector<HTMLElement>("[data-key=r]")?.click();
      } else if (current) {
        tell(current.dataset["id"] ?? "", key);
        return;
      } else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [root, tell]);
}

/** The focus goes to the next comment, or where there is none to the one before, when one leaves the list. */
function focusBeside(root: HTMLElement | null, id: string): void {
  const articles = [...(root?.querySelectorAll<HTMLElement>("article") ?? [])];
  const at = articles.findIndex((article) => article.dataset["id"] === id);
  (articles[at + 1] ?? articles[at - 1])?.focus();
}

function ListSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-5 pt-3">
      {[1, 2, 3].map((row) => (
        <div key={row} className="space-y-2">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-4 w-4/5" />
        </div>
      ))}
    </div>
  );
}
