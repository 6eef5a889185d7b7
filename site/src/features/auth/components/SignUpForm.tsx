import { useState } from "react";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import { useLanguage, useT } from "@/i18n";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { AuthError } from "../api/provider";
import { AuthForm } from "./AuthForm";
import { EmailField } from "./fields";

interface SignUpFormProps {
  email: string;
  onEmail: (email: string) => void;
  onBack: () => void;
}

/** An account for whoever asks. What it answers is the same for addresses that have one. */
export function SignUpForm({ email, onEmail, onBack }: SignUpFormProps) {
  const t = useT();
  const api = useApi();
  const language = useLanguage();
  const [isSent, setSent] = useState(false);
  if (isSent) {
    return (
      <div className="space-y-5">
        <h1 className="text-2xl font-semibold tracking-tight">{t.auth.signUpTitle}</h1>
        <Alert tone="success">{t.auth.signUpSent(email.trim())}</Alert>
        <Button variant="primary" className="w-full" onClick={onBack}>
          {t.auth.backToSignIn}
        </Button>
      </div>
    );
  }
  const submit = async (): Promise<void> => {
    try {
      await api.post("/signups", { email: email.trim(), language }, { isPublic: true });
    } catch (error) {
      throw error instanceof ApiError ? refusal(error) : error;
    }
    setSent(true);
  };
  return (
    <AuthForm title={t.auth.signUpTitle} lead={t.auth.signUpLead} submitLabel={t.auth.signUpSubmit} onSubmit={submit} onBack={onBack}>
      <EmailField value={email} onValue={onEmail} />
    </AuthForm>
  );
}

function refusal({ status, code }: ApiError): AuthError {
  if (code === "signup_closed") return new AuthError("signupClosed");
  if (status === 429) return new AuthError("tooManySignups");
  return new AuthError(status === 400 ? "emailRefused" : "unknown");
}
