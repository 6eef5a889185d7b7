import { useState } from "react";

import { useT } from "@/i18n";

import { checkNewPassword } from "../api/newPassword";
import { useSession } from "../context";
import { AuthForm } from "./AuthForm";
import { CodeField, NewPasswordField } from "./fields";

export function ResetPasswordForm({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  const t = useT();
  const session = useSession();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const submit = async (): Promise<void> => {
    await checkNewPassword(password, email);
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
      <CodeField label={t.auth.code} value={code} onValue={setCode} />
      <NewPasswordField value={password} onValue={setPassword} />
    </AuthForm>
  );
}
