/** The comments of one section, newest first, and the form for writing one. For any page of the site. */
import { useMemo, useRef } from "react";

import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useLanguage, useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import type { Limits } from "@/lib/config";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";

import { useComments } from "../useComments";
import { CommentForm } from "./CommentForm";
import { CommentItem } from "./CommentItem";
import { WriterContext } from "./context";

interface CommentsProps {
  sectionId: string;
  /** Who reads; null: a visitor, who may not write. */
  userId: string | null;
  limits: Limits;
  onSignIn: () => void;
  /** As deep as the page around it needs it. */
  heading?: "h2" | "h3";
}

export function Comments({ sectionId, userId, limits, onSignIn, heading: Heading = "h2" }: CommentsProps) {
  const t = useT();
  const texts = useCommentTexts();
  const language = useLanguage();
  const root = useRef<HTMLElement>(null);
  const { list, comments, section, count } = useComments(sectionId, userId);
  const writer = useMemo(() => (userId === null ? null : { sectionId, userId, limits }), [sectionId, userId, limits]);
  const isOpen = section?.open ?? false;
  return (
    <WriterContext value={writer}>
      <section ref={root} tabIndex={-1} aria-label={texts.title} className="space-y-5 outline-none">
        <Heading className="text-lg font-semibold tracking-tight">
          {count === null || count === 0 ? texts.title : texts.count(count, formatCount(language, count))}
        </Heading>
        {section && <Writing isOpen={isOpen} canWrite={writer !== null} onSignIn={onSignIn} />}
        {list.isPending ? (
          <ListSkeleton />
        ) : list.isError && comments.length === 0 ? (
          <LoadFailed text={texts.loadFailed} error={list.error} onRetry={list.refetch} />
        ) : comments.length === 0 ? (
          <Empty isOpen={isOpen} />
        ) : (
          <ol className="space-y-6">
            {comments.map((comment) => (
              <li key={comment.id}>
                <CommentItem comment={comment} isOpen={isOpen} root={null} />
              </li>
            ))}
          </ol>
        )}
        {list.hasNextPage && (
          <Button
            isSmall
            variant="quiet"
            disabled={list.isFetchingNextPage}
            onClick={() => {
              root.current?.focus({ preventScroll: true });
              void list.fetchNextPage();
            }}
          >
            {list.isFetchingNextPage ? t.app.loading : texts.loadMore}
          </Button>
        )}
      </section>
    </WriterContext>
  );
}

function Writing({ isOpen, canWrite, onSignIn }: { isOpen: boolean; canWrite: boolean; onSignIn: () => void }) {
  const texts = useCommentTexts();
  if (!isOpen) return <p className="text-muted">{texts.closed}</p>;
  if (canWrite) return <CommentForm replyTo={null} />;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-raised p-3.5">
      <p className="flex-1 basis-40 text-muted">{texts.signInLead}</p>
      <Button isSmall variant="primary" onClick={onSignIn}>
        {texts.signIn}
      </Button>
    </div>
  );
}

function Empty({ isOpen }: { isOpen: boolean }) {
  const texts = useCommentTexts();
  return (
    <p className="py-4 text-muted">
      {texts.empty}. {isOpen && texts.emptyLead}
    </p>
  );
}

function ListSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-6">
      {[1, 2, 3].map((row) => (
        <div key={row} className="space-y-2">
          <Skeleton className="h-4 w-1/3" />
          <Skeleton className="h-4 w-4/5" />
        </div>
      ))}
    </div>
  );
}
