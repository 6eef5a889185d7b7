import { useState } from "react";

import type { Person } from "@/api/types";
import { usePeopleTexts } from "@/i18n/people";
import { TOUCHABLE } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { Menu, type MenuItem } from "@/ui/Menu";

import { groupOf, usePeopleActions } from "../api/people";
import { BudgetDialog, DeleteDialog } from "./dialogs";

/**
 * What an owner may do to a person. Nobody shuts themselves out here by a single click: who is no longer an owner by
 * their own doing has the chat, and another owner to ask.
 */
export function PersonMenu({ person, hasOtherOwner }: { person: Person; hasOtherOwner: boolean }) {
  const texts = usePeopleTexts();
  const actions = usePeopleActions();
  const [asked, setAsked] = useState<"budget" | "delete" | null>(null);
  const group = groupOf(person);
  const ofGroups: MenuItem[] = [
    ...(group === null ? [{ label: texts.letIn, icon: "check" as const, onSelect: () => actions.change(person, { groups: ["members"] }) }] : []),
    ...(group === "owners"
      ? [{ label: texts.makeMember, icon: "people" as const, onSelect: () => actions.change(person, { groups: ["members"] }) }]
      : [{ label: texts.makeOwner, icon: "shield" as const, onSelect: () => actions.change(person, { groups: ["owners"] }) }]),
    ...(group === "members" ? [{ label: texts.takeOut, icon: "chat" as const, onSelect: () => actions.change(person, { groups: [] }) }] : []),
  ];
  const toLeave = ofGroups.filter(({ label }) => label === texts.makeMember && hasOtherOwner);
  const isDisabled = person.status === "disabled";
  const toDisable: MenuItem = {
    label: isDisabled ? texts.enable : texts.disable,
    icon: isDisabled ? "check" : "stop",
    onSelect: () => actions.change(person, { disabled: !isDisabled }),
  };
  return (
    <>
      <Menu
        label={texts.actions(person.email)}
        triggerClassName={`grid size-9 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink ${TOUCHABLE}`}
        trigger={<Icon name="dots" />}
        items={[
          ...(person.status === "invited"
            ? [{ label: texts.inviteAgain, icon: "arrowUp" as const, onSelect: () => actions.inviteAgain.mutate(person) }]
            : []),
          ...(person.is_me ? toLeave : ofGroups),
          { label: texts.setBudget, icon: "sliders", onSelect: () => setAsked("budget") },
          ...(person.is_me ? [] : [toDisable]),
          { label: texts.delete, icon: "trash", isDangerous: true, onSelect: () => setAsked("delete") },
        ]}
      />
      {asked === "budget" && <BudgetDialog person={person} onClose={() => setAsked(null)} />}
      {asked === "delete" && <DeleteDialog person={person} onClose={() => setAsked(null)} />}
    </>
  );
}
