/** What the session needs of an identity provider. Errors are AuthErrors with a code that has a text. */
import type { Messages } from "@/i18n";

export interface Identity {
  /** The user's id: `sub`. */
  userId: string;
  email: string;
  groups: Groups;
}

/** What a token says that its person may do; null: there was none to be had, and the API will tell. */
export type Groups = readonly string[] | null;

/** Everything. */
export const isOwner = ({ groups }: Identity): boolean => groups?.includes("owners") ?? false;

/** Chat and files. Whose groups are not known is not kept from what may be theirs: the API decides. */
export const isMember = (identity: Identity): boolean => identity.groups === null || identity.groups.includes("members") || isOwner(identity);

export interface Token {
  idToken: string;
  expiresAtMs: number;
  groups: readonly string[];
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
  token(forceRefresh: boolean): Promise<Token | null>;
}
