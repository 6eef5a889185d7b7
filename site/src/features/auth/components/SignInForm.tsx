import { useState } from "react";

import { useT } from "@/i18n";
import { Field } from "@/ui/Field";

import type { SignInStep } from "../api/provider";
import { useSession } from "../context";
import { AuthForm } from "./AuthForm";
import { EmailField } from "./fields";

interface SignInFormProps {
  isToComment: boolean;
  email: string;
  onEmail: (email: string) => void;
  onStep: (step: SignInStep) => void;
  onForgot: () => void;
}

export function SignInForm({ isToComment, email, onEmail, onStep, onForgot }: SignInFormProps) {
  const t = useT();
  const session = useSession();
  const [password, setPassword] = useState("");
  return (
    <AuthForm
      title={isToComment ? t.auth.toCommentTitle : t.auth.signInTitle}
      lead={isToComment ? t.auth.toCommentLead : t.auth.signInLead}
      submitLabel={t.auth.signIn}
      onSubmit={async () => onStep(await session.signIn(email.trim(), password))}
    >
      <EmailField value={email} onValue={onEmail} />
      <Field
        label={t.auth.password}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onValue={setPassword}
      />
      <button type="button" className="-mt-2 mb-5 block rounded py-1 text-sm text-accent underline-offset-4 hover:underline" onClick={onForgot}>
        {t.auth.forgot}
      </button>
    </AuthForm>
  );
}
