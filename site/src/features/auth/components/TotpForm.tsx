import { useState } from "react";

import { useT } from "@/i18n";

import type { SignInStep } from "../api/provider";
import { useSession } from "../context";
import { AuthForm } from "./AuthForm";
import { CodeField } from "./fields";

export function TotpForm({ onStep, onBack }: { onStep: (step: SignInStep) => void; onBack: () => void }) {
  const t = useT();
  const session = useSession();
  const [code, setCode] = useState("");
  return (
    <AuthForm
      title={t.auth.totpTitle}
      lead={t.auth.totpLead}
      submitLabel={t.auth.confirm}
      onSubmit={async () => onStep(await session.confirmSignIn(code.trim()))}
      onBack={onBack}
    >
      <CodeField label={t.auth.totpCode} value={code} onValue={setCode} />
    </AuthForm>
  );
}
