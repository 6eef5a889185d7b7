import { useEffect, useRef } from "react";

import type { File as StoredFile } from "@/api/types";
import { t as texts, useT } from "@/i18n";
import { announce } from "@/lib/announcer";
import { cx } from "@/lib/classNames";
import { useUploads } from "@/entities/files/context";
import { useStore } from "@/lib/store";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { Skeleton } from "@/ui/Skeleton";

import { useFiles } from "../api/files";
import { pageUploads } from "../pageUploads";
import { FileRow } from "./FileRow";

interface FileListProps {
  /** What the names have in them; "": all files. */
  name: string;
  onUseInNewChat: (file: StoredFile) => void;
}

export function FileList({ name, onUseInNewChat }: FileListProps) {
  const t = useT();
  const list = useFiles(name);
  const uploading = useUploadingIds();
  const files = (list.data?.pages.flatMap((page) => page.items) ?? []).filter((file) => !uploading.has(file.file_id));
  const isFound = list.isSuccess && !list.isPlaceholderData;
  useAnnouncedFound(name, isFound ? files.length : null, list.hasNextPage);
  const { rows, more, begin } = useFocusOnLoaded(list.isFetchingNextPage);
  if (list.isPending) return <ListSkeleton />;
  if (list.isError && files.length === 0) {
    return <LoadFailed text={t.files.loadFailed} error={list.error} onRetry={list.refetch} />;
  }
  if (files.length === 0 && uploading.size === 0) return <EmptyList name={name} />;
  return (
    <>
      <ul
        ref={rows}
        aria-label={t.files.page.list}
        aria-busy={list.isPlaceholderData}
        className={cx("divide-y divide-line", list.isPlaceholderData && "opacity-60")}
      >
        {files.map((file) => (
          <FileRow key={file.file_id} file={file} onUseInNewChat={onUseInNewChat} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          ref={more}
          variant="quiet"
          isSmall
          className="self-center"
          disabled={list.isFetchingNextPage}
          onClick={() => {
            begin();
            void list.fetchNextPage();
          }}
        >
          {list.isFetchingNextPage ? t.app.loading : t.files.page.loadMore}
        </Button>
      )}
    </>
  );
}

/** The focus goes on to what "Load more" has brought: the button has gone, or was disabled meanwhile. */
function useFocusOnLoaded(isLoading: boolean) {
  const rows = useRef<HTMLUListElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const lastRow = useRef<Element | null>(null);
  useEffect(() => {
    const last = lastRow.current;
    if (isLoading || last === null) return;
    lastRow.current = null;
    if (document.activeElement !== document.body) return;
    const loaded = last.nextElementSibling?.querySelector("button");
    // Nothing came: to the next try, or back to the last row.
    (loaded ?? more.current ?? last.querySelector("button"))?.focus();
  }, [isLoading]);
  return { rows, more, begin: () => void (lastRow.current = rows.current?.lastElementChild ?? null) };
}

/** Says once how many files a search has found; count: null while it goes on. */
function useAnnouncedFound(name: string, count: number | null, hasMore: boolean): void {
  const said = useRef("");
  useEffect(() => {
    if (count === null || said.current === name) return;
    said.current = name;
    const { found, foundMore, nothingFound } = texts().files.page;
    if (name !== "") announce(count === 0 ? nothingFound(name) : hasMore ? foundMore(count) : found(count));
  }, [name, count, hasMore]);
}

/** The files that are shown as uploads of this page still. */
function useUploadingIds(): ReadonlySet<string> {
  const uploads = useUploads();
  const keys = useStore(pageUploads(uploads));
  return new Set(keys.flatMap((key) => uploads.attachment(key).get()?.file_id ?? []));
}

function EmptyList({ name }: { name: string }) {
  const t = useT();
  if (name !== "") return <p className="py-8 text-center wrap-anywhere text-muted">{t.files.page.nothingFound(name)}</p>;
  return (
    <div className="my-auto space-y-2 pb-[12vh] text-center">
      <span className="inline-block text-accent">
        <Icon name="folder" size={44} />
      </span>
      <h2 className="text-xl font-semibold tracking-tight">{t.files.page.empty}</h2>
      <p className="mx-auto max-w-md text-muted text-pretty">{t.files.page.emptyLead}</p>
    </div>
  );
}

function ListSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-5 pt-3">
      {[1, 2, 3, 4].map((row) => (
        <div key={row} className="flex items-center gap-3">
          <Skeleton className="size-8" />
          <div className="flex-1 space-y-2">
            <Skeleton className="h-4 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
