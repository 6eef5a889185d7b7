import { useEffect, useRef } from "react";

import type { Person } from "@/api/types";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useT } from "@/i18n";
import { peopleTexts, usePeopleTexts } from "@/i18n/people";
import { announce } from "@/lib/announcer";
import { cx } from "@/lib/classNames";
import { useMediaQuery, WIDE_SCREEN } from "@/lib/mediaQuery";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Skeleton } from "@/ui/Skeleton";

import { groupOf, usePeople } from "../api/people";
import { LastUse, Spent, Storage, Who } from "./PersonFacts";
import { PersonMenu } from "./PersonMenu";

/** email: what the addresses begin with; "": everybody. */
export function PeopleList({ email }: { email: string }) {
  const t = useT();
  const texts = usePeopleTexts();
  const list = usePeople(email);
  const isWide = useMediaQuery(WIDE_SCREEN);
  const people = list.data?.pages.flatMap((page) => page.people) ?? [];
  useAnnouncedFound(email, list.isSuccess && !list.isPlaceholderData ? people.length : null);
  if (list.isPending) return <ListSkeleton />;
  if (list.isError && people.length === 0) return <LoadFailed text={texts.loadFailed} error={list.error} onRetry={list.refetch} />;
  if (people.length === 0 && !list.hasNextPage) return <Empty email={email} />;
  const Rows = isWide ? PeopleTable : PeopleCards;
  return (
    <div className={cx("space-y-4", list.isPlaceholderData && "opacity-60")} aria-busy={list.isPlaceholderData}>
      <Rows people={people} />
      {list.hasNextPage && (
        <div className="text-center">
          <Button variant="quiet" isSmall disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {list.isFetchingNextPage ? t.app.loading : texts.loadMore}
          </Button>
        </div>
      )}
    </div>
  );
}

/** As far as the list was loaded; the API keeps the last one. */
const hasOtherOwner = (people: readonly Person[]): boolean =>
  people.some((person) => !person.is_me && person.status !== "disabled" && groupOf(person) === "owners");

function PeopleTable({ people }: { people: readonly Person[] }) {
  const { list, columns } = usePeopleTexts();
  return (
    <table className="w-full border-collapse text-left text-sm" aria-label={list}>
      <thead className="text-muted">
        <tr className="border-b border-line">
          <th scope="col" className="py-2 pr-4 font-medium">{columns.person}</th>
          <th scope="col" className="py-2 pr-4 font-medium">{columns.used}</th>
          <th scope="col" className="py-2 pr-4 font-medium">{columns.spent}</th>
          <th scope="col" className="py-2 pr-4 font-medium">{columns.storage}</th>
          <th scope="col" className="py-2"><span className="sr-only">{columns.actions}</span></th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {people.map((person) => (
          <tr key={person.user_id} className="align-top">
            <th scope="row" className="py-3 pr-4 text-[0.9375rem] font-normal"><Who person={person} /></th>
            <td className="py-3 pr-4 whitespace-nowrap text-muted"><LastUse person={person} /></td>
            <td className="w-52 py-3 pr-4"><Spent person={person} /></td>
            <td className="w-44 py-3 pr-4"><Storage person={person} /></td>
            <td className="w-10 py-2"><PersonMenu person={person} hasOtherOwner={hasOtherOwner(people)} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PeopleCards({ people }: { people: readonly Person[] }) {
  const { list, columns } = usePeopleTexts();
  return (
    <ul aria-label={list} className="space-y-3">
      {people.map((person) => (
        <li key={person.user_id} className="space-y-3 rounded-xl border border-line bg-raised p-3.5">
          <div className="flex items-start gap-2">
            <div className="min-w-0 flex-1"><Who person={person} /></div>
            <PersonMenu person={person} hasOtherOwner={hasOtherOwner(people)} />
          </div>
          <dl className="grid grid-cols-2 gap-x-4 gap-y-2 text-sm">
            <dt className="text-muted">{columns.used}</dt>
            <dd><LastUse person={person} /></dd>
            <dt className="text-muted">{columns.spent}</dt>
            <dd><Spent person={person} /></dd>
            <dt className="text-muted">{columns.storage}</dt>
            <dd><Storage person={person} /></dd>
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** Says once how many a search has found; count: null while it goes on. */
function useAnnouncedFound(email: string, count: number | null): void {
  const said = useRef("");
  useEffect(() => {
    if (count === null || said.current === email) return;
    said.current = email;
    const texts = peopleTexts.now();
    if (email !== "") announce(count === 0 ? texts.nothingFound(email) : texts.found(count));
  }, [email, count]);
}

function Empty({ email }: { email: string }) {
  const texts = usePeopleTexts();
  if (email !== "") return <p className="py-8 text-center wrap-anywhere text-muted">{texts.nothingFound(email)}</p>;
  return (
    <div className="my-auto space-y-2 pb-[12vh] text-center">
      <span className="inline-block text-accent"><Icon name="people" size={44} /></span>
      <h2 className="text-xl font-semibold tracking-tight">{texts.empty}</h2>
      <p className="mx-auto max-w-md text-muted text-pretty">{texts.emptyLead}</p>
    </div>
  );
}

function ListSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-5 pt-3">
      {[1, 2, 3].map((row) => (
        <div key={row} className="space-y-2">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-3 w-3/5" />
        </div>
      ))}
    </div>
  );
}
