/** Cognito through Amplify: SRP sign-in, refresh with rotation, password reset. A lazy chunk of its own. */
import { Amplify } from "aws-amplify";
import {
  confirmResetPassword,
  confirmSignIn,
  fetchAuthSession,
  getCurrentUser,
  resetPassword,
  signIn,
  signOut,
  type SignInOutput,
} from "aws-amplify/auth";

import { NetworkError } from "@/api/client";
import type { Config } from "@/lib/config";

import { AuthError, type AuthErrorCode, type Identity, type Provider, type SignInStep, type Token } from "./provider";

const ERROR_CODES: Readonly<Record<string, AuthErrorCode>> = {
  NotAuthorizedException: "credentials",
  UserNotFoundException: "credentials",
  CodeMismatchException: "codeMismatch",
  EnableSoftwareTokenMFAException: "codeMismatch",
  ExpiredCodeException: "codeExpired",
  InvalidPasswordException: "weakPassword",
  PasswordHistoryPolicyViolationException: "weakPassword",
  LimitExceededException: "tooMany",
  TooManyRequestsException: "tooMany",
  TooManyFailedAttemptsException: "tooMany",
  NetworkError: "network",
};

const errorName = (error: unknown): string => (error instanceof Error ? error.name : "");

function toAuthError(error: unknown): AuthError {
  const message = error instanceof Error ? error.message : "";
  // Cognito has no code of its own for these two.
  if (/temporary password has expired/i.test(message)) return new AuthError("temporaryExpired", { cause: error });
  if (/attempts exceeded/i.test(message)) return new AuthError("tooMany", { cause: error });
  return new AuthError(ERROR_CODES[errorName(error)] ?? "unknown", { cause: error });
}

async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof AuthError ? error : toAuthError(error);
  }
}

function nextStep({ isSignedIn, nextStep: { signInStep } }: SignInOutput): SignInStep {
  if (isSignedIn) return "done";
  switch (signInStep) {
    case "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED":
      return "new-password";
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return "totp";
    case "RESET_PASSWORD":
      return "reset-password";
    default:
      throw new AuthError("unsupported");
  }
}

async function signInAfresh(email: string, password: string): Promise<SignInStep> {
  const input = { username: email, password, options: { authFlowType: "USER_SRP_AUTH" as const } };
  try {
    return nextStep(await signIn(input));
  } catch (error) {
    // A session that ended elsewhere is still stored here; Amplify refuses a second one beside it.
    if (errorName(error) !== "UserAlreadyAuthenticatedException") throw error;
    await signOut();
    return nextStep(await signIn(input));
  }
}

async function identity(): Promise<Identity | null> {
  try {
    const user = await getCurrentUser();
    const { tokens } = await fetchAuthSession().catch(() => ({ tokens: undefined }));
    const payload = tokens?.idToken?.payload;
    const email = payload?.["email"];
    return {
      userId: user.userId,
      email: typeof email === "string" ? email : (user.signInDetails?.loginId ?? ""),
      groups: payload ? groupsOf(payload) : null,
    };
  } catch (error) {
    if (errorName(error) === "NetworkError") throw new NetworkError("Cognito cannot be reached.", { cause: error });
    return null;
  }
}

/** Of a person in no group, the token has no such claim. */
function groupsOf(payload: Readonly<Record<string, unknown>>): readonly string[] {
  const groups = payload["cognito:groups"];
  return Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [];
}

async function token(forceRefresh: boolean): Promise<Token | null> {
  try {
    const { tokens } = await fetchAuthSession({ forceRefresh });
    if (!tokens?.idToken) return null;
    const { payload } = tokens.idToken;
    return { idToken: tokens.idToken.toString(), expiresAtMs: (payload.exp ?? 0) * 1000, groups: groupsOf(payload) };
  } catch (error) {
    // Amplify answers without tokens when the refresh token is over; what it throws is a fault on the way.
    throw new NetworkError("The session could not be refreshed.", { cause: error });
  }
}

export function cognitoProvider(config: Config): Provider {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.user_pool_id,
        userPoolClientId: config.client_id,
        ...(config.cognito_endpoint === null ? {} : { userPoolEndpoint: config.cognito_endpoint }),
      },
    },
  });
  return {
    identity,
    token,
    signIn: (email, password) => translated(() => signInAfresh(email, password)),
    confirmSignIn: (answer) => translated(async () => nextStep(await confirmSignIn({ challengeResponse: answer }))),
    requestPasswordReset: (email) => translated(async () => void (await resetPassword({ username: email }))),
    resetPassword: (email, code, password) =>
      translated(() => confirmResetPassword({ username: email, confirmationCode: code, newPassword: password })),
    signOut: (everywhere = false) => translated(() => signOut({ global: everywhere })),
  };
}
