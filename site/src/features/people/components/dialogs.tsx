/** What is asked before something is done to a person. */
import { useId, useState } from "react";

import type { Group, Person } from "@/api/types";
import { usePeopleTexts } from "@/i18n/people";
import { Asking } from "@/ui/Asking";
import { Choice } from "@/ui/Choice";
import { Field } from "@/ui/Field";

import { peopleErrorText, usePeopleActions } from "../api/people";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const texts = usePeopleTexts();
  const { invite } = usePeopleActions();
  const [email, setEmail] = useState("");
  const [group, setGroup] = useState<Group | "none">("members");
  return (
    <Asking
      errorText={peopleErrorText}
      title={texts.inviteTitle}
      lead={texts.inviteLead}
      submitLabel={texts.inviteSend}
      onSubmit={() => invite.mutateAsync({ email: email.trim(), groups: group === "none" ? [] : [group] })}
      onClose={onClose}
    >
      <Field label={texts.email} type="email" required autoComplete="off" maxLength={254} value={email} onValue={setEmail} />
      <Choice
        label={texts.group}
        options={(["members", "none", "owners"] as const).map((value) => ({ value, label: texts.groupChoices[value] }))}
        value={group}
        onChange={setGroup}
      />
    </Asking>
  );
}

const MOST_USD = 1_000_000;

export function BudgetDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const texts = usePeopleTexts();
  const actions = usePeopleActions();
  const [kind, setKind] = useState<"own" | "stage">(person.own_budget_usd === null ? "stage" : "own");
  const [typed, setTyped] = useState(String(person.own_budget_usd ?? person.budget_usd));
  const id = useId();
  // As people write it in French, too.
  const amount = Number(typed.replace(",", "."));
  const isInvalid = kind === "own" && (typed.trim() === "" || !(amount >= 0 && amount <= MOST_USD));
  return (
    <Asking
      errorText={peopleErrorText}
      title={texts.budgetTitle(person.email)}
      lead={texts.budgetLead}
      submitLabel={texts.save}
      isRefused={isInvalid}
      onSubmit={async () => actions.change(person, { budget_usd: kind === "own" ? amount : null })}
      onClose={onClose}
    >
      <Choice
        label={texts.budgetKind}
        options={[
          { value: "own", label: texts.budgetOwn },
          { value: "stage", label: texts.budgetStage },
        ]}
        value={kind}
        onChange={setKind}
      />
      {kind === "own" && (
        <Field
          label={texts.budgetField}
          inputMode="decimal"
          required
          aria-invalid={isInvalid}
          aria-errormessage={isInvalid ? id : undefined}
          value={typed}
          onValue={setTyped}
        />
      )}
      {isInvalid && (
        <p id={id} role="alert" className="text-sm text-danger">
          {texts.budgetInvalid}
        </p>
      )}
    </Asking>
  );
}

export function DeleteDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const texts = usePeopleTexts();
  const { remove } = usePeopleActions();
  const [typed, setTyped] = useState("");
  const isSame = typed.trim().toLowerCase() === person.email.toLowerCase();
  return (
    <Asking
      errorText={peopleErrorText}
      title={texts.deleteTitle(person.email)}
      lead={
        <>
          {person.is_me && <strong className="block font-medium text-danger">{texts.deleteMe}</strong>}
          {person.is_me ? texts.deleteMyLead : texts.deleteLead}
        </>
      }
      submitLabel={texts.deleteConfirm}
      variant="danger"
      isRefused={!isSame}
      onSubmit={() => remove.mutateAsync(person)}
      onClose={onClose}
    >
      <Field label={texts.deleteType(person.email)} type="email" autoComplete="off" spellCheck={false} required value={typed} onValue={setTyped} />
    </Asking>
  );
}
