/** The twin as its owners set it up: what it knows, how it speaks, how it looks to visitors, and what of it is published. */
import { useState, type ReactNode } from "react";
import { useSearchParams } from "wouter";

import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useT } from "@/i18n";
import { useTwinTexts } from "@/i18n/twin";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";

import { useDraft, useTwins } from "../api/twins";
import { NewTwinDialog } from "./NewTwinDialog";
import { Start } from "./Start";
import { TwinMenu } from "./TwinMenu";
import { TwinSteps } from "./TwinSteps";

/** The twin at the site's root. */
const DEFAULT_HANDLE = "me";

export default function TwinPage({ openList }: { openList: ReactNode }) {
  const texts = useTwinTexts();
  const [search, setSearch] = useSearchParams();
  const handle = search.get("twin") ?? DEFAULT_HANDLE;
  const [isNaming, setNaming] = useState(false);
  const { data: list } = useTwins();
  const open = (next: string): void => setSearch(next === DEFAULT_HANDLE ? {} : { twin: next });
  return (
    <Page
      title={texts.title}
      openList={openList}
      tools={<TwinMenu handle={handle} twins={list?.twins ?? []} onOpen={open} onAnother={() => setNaming(true)} />}
      className="max-w-[52rem] gap-5 pb-12"
      over={
        isNaming && (
          <NewTwinDialog
            onClose={() => setNaming(false)}
            onCreated={(created) => {
              setNaming(false);
              open(created);
            }}
          />
        )
      }
    >
      <Work key={handle} handle={handle} onDeleted={() => open(DEFAULT_HANDLE)} />
    </Page>
  );
}

function Work({ handle, onDeleted }: { handle: string; onDeleted: () => void }) {
  const t = useT();
  const texts = useTwinTexts();
  const { data: draft, isPending, isError, error, refetch } = useDraft(handle);
  if (isPending) {
    return (
      <div role="status" aria-label={t.app.loading} className="space-y-5 pt-3">
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-4 w-2/5" />
        <Skeleton className="h-24 w-full" />
      </div>
    );
  }
  // What was read before stays, with what is being typed in it.
  if (isError && !draft) return <LoadFailed text={texts.loadFailed} error={error} onRetry={refetch} />;
  if (!draft) return <Start handle={handle} />;
  return <TwinSteps draft={draft} onDeleted={onDeleted} />;
}
