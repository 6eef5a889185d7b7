import { useState } from "react";

import { useT } from "@/i18n";
import { Field } from "@/ui/Field";

import { checkNewPassword } from "../api/newPassword";
import { AuthError, type SignInStep } from "../api/provider";
import { useSession } from "../context";
import { AuthForm } from "./AuthForm";
import { NewPasswordField } from "./fields";

interface NewPasswordFormProps {
  email: string;
  onStep: (step: SignInStep) => void;
  onBack: () => void;
}

export function NewPasswordForm({ email, onStep, onBack }: NewPasswordFormProps) {
  const t = useT();
  const session = useSession();
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const submit = async (): Promise<void> => {
    if (password !== repeated) throw new AuthError("passwordsDiffer");
    await checkNewPassword(password, email);
    onStep(await session.confirmSignIn(password));
  };
  return (
    <AuthForm
      title={t.auth.newPasswordTitle}
      lead={t.auth.newPasswordLead}
      submitLabel={t.auth.savePassword}
      onSubmit={submit}
      onBack={onBack}
    >
      {/* For password managers, which would else not know whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <NewPasswordField value={password} onValue={setPassword} />
      <Field
        label={t.auth.repeatPassword}
        type="password"
        autoComplete="new-password"
        required
        value={repeated}
        onValue={setRepeated}
      />
    </AuthForm>
  );
}
