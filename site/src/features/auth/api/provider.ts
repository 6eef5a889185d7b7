/** What the session needs of an identity provider. Errors are AuthErrors with a code that has a text. */
import type { Messages } from "@/i18n";

export interface Identity {
  /** The user's id: `sub`. */
  userId: string;
  email: string;
}

/** What a sign-in asks for next. */
export type SignInStep = "done" | "new-password" | "totp" | "reset-password";

export type AuthErrorCode = keyof Messages["auth"]["errors"];

export class AuthError extends Error {
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.name = "AuthError";
    this.code = code;
  }
}

export interface Provider {
  /** null: nobody is signed in. */
  identity(): Promise<Identity | null>;
  signIn(email: string, password: string): Promise<SignInStep>;
  confirmSignIn(answer: string): Promise<SignInStep>;
  requestPasswordReset(email: string): Promise<void>;
  resetPassword(email: string, code: string, password: string): Promise<void>;
  /** everywhere: on all devices, whose sessions are not refreshed any more. */
  signOut(everywhere?: boolean): Promise<void>;
  /** null: the session is over for good. Throws NetworkError when that cannot be known now. */
  token(forceRefresh: boolean): Promise<{ idToken: string; expiresAtMs: number } | null>;
}
