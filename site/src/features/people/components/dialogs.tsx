/** What is asked before something is done to a person. */
import { useId, useState, type ReactNode, type SyntheticEvent } from "react";

import type { Group, Person } from "@/api/types";
import { useT } from "@/i18n";
import { usePeopleTexts } from "@/i18n/people";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";

import { peopleErrorText, usePeopleActions } from "../api/people";

interface AskingProps {
  title: string;
  lead: ReactNode;
  submitLabel: string;
  variant?: "primary" | "danger";
  isRefused?: boolean;
  children: ReactNode;
  /** Rejects with what went wrong; the question stays then. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

function Asking({ title, lead, submitLabel, variant = "primary", isRefused = false, children, onSubmit, onClose }: AskingProps) {
  const t = useT();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy || isRefused) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit();
      onClose();
    } catch (error) {
      setProblem(peopleErrorText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} lead={lead} onClose={onClose}>
      <form className="space-y-4" aria-busy={isBusy} onSubmit={(event) => void submit(event)}>
        {children}
        {problem !== null && <Alert>{problem}</Alert>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button isSmall onClick={onClose}>
            {t.app.cancel}
          </Button>
          <Button type="submit" isSmall variant={variant} disabled={isBusy || isRefused}>
            {isBusy ? t.app.loading : submitLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const texts = usePeopleTexts();
  const { invite } = usePeopleActions();
  const [email, setEmail] = useState("");
  const [group, setGroup] = useState<Group | "none">("members");
  return (
    <Asking
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
