/** Everything before the chat: sign-in, sign-up, first password, one-time code, forgotten password. */
import { useState } from "react";

import { useT } from "@/i18n";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Mark } from "@/ui/icons";
import { LanguageSwitch } from "@/ui/LanguageSwitch";

import type { SignInStep } from "../api/provider";
import { ForgotPasswordForm } from "./ForgotPasswordForm";
import { NewPasswordForm } from "./NewPasswordForm";
import { ResetPasswordForm } from "./ResetPasswordForm";
import { SignInForm } from "./SignInForm";
import { SignUpForm } from "./SignUpForm";
import { TotpForm } from "./TotpForm";
import { useSteps } from "./useSteps";

interface SignInPageProps {
  /** Why a session has just ended; the person comes back to where they were. */
  over?: "expired" | "ended";
  /** Whose session it was; "": nobody is known. */
  lastEmail?: string;
  /** Whether anyone may ask for an account. */
  isOpen: boolean;
  /** Whether who comes here came to comment, and may know of no chat. */
  isToComment: boolean;
  /** Back to what can be read without an account; null: there is nothing. */
  onLeave: (() => void) | null;
}

export function SignInPage({ over, lastEmail = "", isOpen, isToComment, onLeave }: SignInPageProps) {
  const t = useT();
  const { step, goTo, toStart: back } = useSteps();
  const [email, setEmail] = useState(lastEmail);
  const [isResetDone, setResetDone] = useState(false);
  const next = (result: SignInStep): void => {
    if (result === "done") back();
    else goTo(result);
  };
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-8 px-5 py-10">
      <div className="w-full max-w-sm">
        <Mark size={40} />
        <div className="mt-6 space-y-5">
          {step === "sign-in" && over && <Alert tone="notice">{t.auth[over]}</Alert>}
          {step === "sign-in" && isResetDone && <Alert tone="success">{t.auth.resetDone}</Alert>}
          {step === "sign-in" && (
            <SignInForm isToComment={isToComment} email={email} onEmail={setEmail} onStep={next} onForgot={() => goTo("forgot")} />
          )}
          {step === "sign-in" && isOpen && (
            <Button className="w-full" onClick={() => goTo("sign-up")}>
              {t.auth.signUp}
            </Button>
          )}
          {step === "sign-in" && !isOpen && <p className="text-center text-sm text-muted">{t.auth.errors.signupClosed}</p>}
          {step === "sign-in" && onLeave && (
            <Button variant="quiet" className="w-full" onClick={onLeave}>
              {t.auth.backToReading}
            </Button>
          )}
          {step === "sign-up" && <SignUpForm email={email} onEmail={setEmail} onBack={back} />}
          {step === "new-password" && <NewPasswordForm email={email} onStep={next} onBack={back} />}
          {step === "totp" && <TotpForm onStep={next} onBack={back} />}
          {step === "forgot" && (
            <ForgotPasswordForm email={email} onEmail={setEmail} onSent={() => goTo("reset-password")} onBack={back} />
          )}
          {step === "reset-password" && (
            <ResetPasswordForm
              email={email}
              onDone={() => {
                setResetDone(true);
                back();
              }}
              onBack={back}
            />
          )}
        </div>
      </div>
      <LanguageSwitch />
    </main>
  );
}
