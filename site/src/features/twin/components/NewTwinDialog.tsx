import { useState } from "react";

import { useTwinTexts } from "@/i18n/twin";
import { Asking } from "@/ui/Asking";
import { Field } from "@/ui/Field";

import { createTwin } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { useStep } from "../api/twins";

const HANDLE = "[a-z0-9](?:[a-z0-9\\-]{0,30}[a-z0-9])?";

export function NewTwinDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (handle: string) => void }) {
  const texts = useTwinTexts();
  const [handle, setHandle] = useState("");
  const create = useStep(handle, createTwin);
  return (
    <Asking
      errorText={twinErrorText}
      title={texts.another}
      lead={texts.anotherLead}
      submitLabel={texts.start.create}
      isRefused={!new RegExp(`^${HANDLE}$`).test(handle)}
      onSubmit={async () => {
        await create.mutateAsync(undefined);
        onCreated(handle);
      }}
      onClose={onClose}
    >
      <Field label={texts.handle} hint={texts.handleHint} required pattern={HANDLE} maxLength={32} autoComplete="off" spellCheck={false} value={handle} onValue={setHandle} />
    </Asking>
  );
}
