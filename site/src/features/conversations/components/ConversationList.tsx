/** The list of conversations, or of the archived ones: by day, page by page. */
import { useEffect, useRef, useState } from "react";

import type { ConversationSummary } from "@/api/types";
import { useT } from "@/i18n";
import { useLimits } from "@/lib/limits";
import { useConversations } from "@/entities/conversations/list";
import { periodOf, type Period } from "@/lib/format";
import { useFocusKept } from "@/lib/useFocusKept";
import { cx } from "@/lib/classNames";
import { Button } from "@/ui/Button";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { Icon } from "@/ui/icons";
import { Skeleton } from "@/ui/Skeleton";
import { ToastRoom } from "@/ui/toasts";

import { ConversationRow } from "./ConversationRow";

export interface ConversationListProps {
  currentId: string | null;
  onOpen: () => void;
  /** The open conversation was deleted. */
  onCurrentRemoved: () => void;
}

export function ConversationList({ currentId, onOpen, onCurrentRemoved }: ConversationListProps) {
  const t = useT();
  const [isArchive, setArchive] = useState(false);
  const list = useConversations(isArchive);
  const conversations = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isEmpty = list.isSuccess && conversations.length === 0;
  const root = useFocusKept<HTMLElement>();
  return (
    <nav ref={root} tabIndex={-1} aria-label={isArchive ? t.list.showArchived : t.list.title} className="flex min-h-0 flex-1 flex-col -outline-offset-2">
      <h2 className={isArchive ? "flex items-center gap-2.5 px-4.5 py-2 text-[0.9375rem] font-medium" : "sr-only"}>
        {isArchive && <Icon name="archive" />}
        {isArchive ? t.list.showArchived : t.list.title}
      </h2>
      {/* Nothing scrolls that the keyboard cannot reach. */}
      <div className={cx("min-h-0 flex-1 px-2 pb-3", isEmpty ? "overflow-hidden" : "overflow-y-auto")}>
        {list.isPending && <ListSkeleton />}
        {list.isError && conversations.length === 0 && (
          <LoadFailed text={t.list.loadFailed} error={list.error} onRetry={list.refetch} />
        )}
        {isEmpty && <EmptyList isArchive={isArchive} />}
        {groupByPeriod(conversations).map(([period, items]) => (
          <section key={period} className="mt-4 first:mt-1">
            <h3 className="px-2.5 pb-1 text-xs font-medium text-muted">{t.list[period]}</h3>
            <ul>
              {items.map((conversation) => (
                <ConversationRow
                  key={conversation.conversation_id}
                  conversation={conversation}
                  isCurrent={conversation.conversation_id === currentId}
                  onOpen={onOpen}
                  onRemoved={onCurrentRemoved}
                />
              ))}
            </ul>
          </section>
        ))}
        {list.hasNextPage && (
          <LoadMore isLoading={list.isFetchingNextPage} isFailed={list.isFetchNextPageError} onLoad={() => void list.fetchNextPage()} />
        )}
      </div>
      <ToastRoom isAside />
      <div className="px-2 pt-1">
        <Button
          variant="quiet"
          isSmall
          icon={isArchive ? "chevronLeft" : "archive"}
          className="w-full !justify-start"
          onClick={() => setArchive(!isArchive)}
        >
          {isArchive ? t.list.backToList : t.list.showArchived}
        </Button>
      </div>
    </nav>
  );
}

function LoadMore({ isLoading, isFailed, onLoad }: { isLoading: boolean; isFailed: boolean; onLoad: () => void }) {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!button.current || isLoading || isFailed) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onLoad());
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <Button ref={button} variant="quiet" isSmall className="mt-2 w-full" disabled={isLoading} onClick={onLoad}>
      {isLoading ? t.list.loadingMore : t.list.loadMore}
    </Button>
  );
}

function EmptyList({ isArchive }: { isArchive: boolean }) {
  const t = useT();
  const { retention_days: days } = useLimits();
  return (
    <div className="px-2.5 py-6 text-sm">
      <p className="font-medium">{isArchive ? t.list.archivedEmpty : t.list.empty}</p>
      <p className="mt-0.5 text-muted">{isArchive ? t.list.archivedEmptyLead : t.list.emptyLead(days)}</p>
    </div>
  );
}

function ListSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-3 px-2.5 py-3">
      {["w-4/5", "w-3/5", "w-11/12", "w-2/3", "w-3/4"].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}

/** Neighbours of one period together; the list's own order stays. */
function groupByPeriod(conversations: readonly ConversationSummary[]): [Period, ConversationSummary[]][] {
  const now = new Date();
  const groups = new Map<Period, ConversationSummary[]>();
  for (const conversation of conversations) {
    const period = periodOf(conversation.timestamp, now);
    groups.set(period, [...(groups.get(period) ?? []), conversation]);
  }
  return [...groups];
}
