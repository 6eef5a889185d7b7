import { useT } from "@/i18n";
import { Field } from "@/ui/Field";

import { useSession } from "../context";
import { AuthForm } from "./AuthForm";

interface ForgotPasswordFormProps {
  email: string;
  onEmail: (email: string) => void;
  onSent: () => void;
  onBack: () => void;
}

export function ForgotPasswordForm({ email, onEmail, onSent, onBack }: ForgotPasswordFormProps) {
  const t = useT();
  const session = useSession();
  const submit = async (): Promise<void> => {
    await session.requestPasswordReset(email.trim());
    onSent();
  };
  return (
    <AuthForm
      title={t.auth.forgotTitle}
      lead={t.auth.forgotLead}
      submitLabel={t.auth.sendCode}
      onSubmit={submit}
      onBack={onBack}
    >
      <Field
        label={t.auth.email}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => onEmail(event.target.value)}
      />
    </AuthForm>
  );
}
