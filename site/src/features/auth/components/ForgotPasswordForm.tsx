import { useT } from "@/i18n";

import { useSession } from "../context";
import { AuthForm } from "./AuthForm";
import { EmailField } from "./fields";

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
      <EmailField value={email} onValue={onEmail} />
    </AuthForm>
  );
}
