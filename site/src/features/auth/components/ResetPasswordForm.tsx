import { useState } from "react";

import { useT } from "@/i18n";
import { Field } from "@/ui/Field";

import { useSession } from "../context";
import { AuthForm } from "./AuthForm";

export function ResetPasswordForm({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  const t = useT();
  const session = useSession();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const submit = async (): Promise<void> => {
    await session.resetPassword(email.trim(), code.trim(), password);
    onDone();
  };
  return (
    <AuthForm
      title={t.auth.resetTitle}
      lead={t.auth.resetLead(email)}
      submitLabel={t.auth.setPassword}
      onSubmit={submit}
      onBack={onBack}
    >
      <Field
        label={t.auth.code}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Field
        label={t.auth.newPassword}
        hint={t.auth.passwordRules}
        type="password"
        autoComplete="new-password"
        minLength={12}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </AuthForm>
  );
}
