/** Everybody who has an account, for the owners: who may do what, what it costs, and the way out. */
import { useState, type ReactNode } from "react";

import { usePeopleTexts } from "@/i18n/people";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { SearchField } from "@/ui/SearchField";

import { InviteDialog } from "./dialogs";
import { PeopleList } from "./PeopleList";

export default function PeoplePage({ openList }: { openList: ReactNode }) {
  const texts = usePeopleTexts();
  const [email, setEmail] = useState("");
  const [isInviting, setInviting] = useState(false);
  return (
    <Page
      title={texts.title}
      openList={openList}
      tools={
        <Button isSmall variant="primary" icon="plus" onClick={() => setInviting(true)}>
          {texts.invite}
        </Button>
      }
      className="max-w-[64rem] gap-4 pb-8"
      over={isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    >
      <SearchField label={texts.search} onSearch={setEmail} />
      <PeopleList email={email} />
    </Page>
  );
}
