/** Everybody who has an account, for the owners: who may do what, what it costs, and the way out. */
import { useEffect, useState, type ReactNode } from "react";

import { useT } from "@/i18n";
import { usePeopleTexts } from "@/i18n/people";
import { DOT } from "@/lib/format";
import { Button } from "@/ui/Button";
import { SearchField } from "@/ui/SearchField";

import { InviteDialog } from "./dialogs";
import { PeopleList } from "./PeopleList";

export default function PeoplePage({ openList }: { openList: ReactNode }) {
  const t = useT();
  const texts = usePeopleTexts();
  const [email, setEmail] = useState("");
  const [isInviting, setInviting] = useState(false);
  useEffect(() => {
    document.title = `${texts.title}${DOT}${t.app.name}`;
  }, [t, texts]);
  return (
    <main className="relative flex min-w-0 flex-1 flex-col" aria-label={texts.title}>
      <header className="flex min-h-14 shrink-0 items-center gap-1 px-2 wide:px-5">
        {openList}
        <h1 className="min-w-0 flex-1 truncate px-1 text-[0.9375rem] font-medium text-muted">{texts.title}</h1>
        <Button isSmall variant="primary" icon="plus" onClick={() => setInviting(true)}>
          {texts.invite}
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-[64rem] flex-col gap-4 px-4 pt-2 pb-8 wide:px-6">
          <SearchField label={texts.search} onSearch={setEmail} />
          <PeopleList email={email} />
        </div>
      </div>
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </main>
  );
}
