/**
 * Who is signed in, for the whole page. Cognito itself is spoken to by `cognito.ts`, which is loaded when first needed.
 * Tokens never leave this feature but as the header of a request, and are never logged.
 */
import { SessionExpiredError, type TokenSource } from "@/api/client";
import type { Config } from "@/lib/config";
import { createStore, type Store } from "@/lib/store";

import type { Identity, Provider, SignInStep } from "./provider";

export type SessionState =
  | { status: "loading" }
  | { status: "signed-out" }
  /** Signed in before, and the session is over for good. */
  | { status: "expired"; email: string }
  /** Ended by the person, here or on another device, or by whoever runs the stage. */
  | { status: "ended"; email: string }
  | { status: "signed-in"; identity: Identity };

export class Session implements TokenSource {
  readonly state: Store<SessionState>;
  readonly #load: () => Promise<Provider>;

  /** hasStoredSession: false saves an anonymous visitor from waiting for the sign-in code. */
  constructor(load: () => Promise<Provider>, hasStoredSession: boolean) {
    this.#load = load;
    this.state = createStore<SessionState>(hasStoredSession ? { status: "loading" } : { status: "signed-out" });
  }

  /** Find out whether the stored session still holds. Offline counts as signed in: requests will tell. */
  async restore(): Promise<void> {
    const provider = await this.#load();
    const identity = await provider.identity();
    this.state.set(identity ? { status: "signed-in", identity } : { status: "signed-out" });
  }

  async signIn(email: string, password: string): Promise<SignInStep> {
    const provider = await this.#load();
    return this.#advance(await provider.signIn(email, password));
  }

  /** Answer what the sign-in asked for: a new password, or a one-time code. */
  async confirmSignIn(answer: string): Promise<SignInStep> {
    const provider = await this.#load();
    return this.#advance(await provider.confirmSignIn(answer));
  }

  async requestPasswordReset(email: string): Promise<void> {
    await (await this.#load()).requestPasswordReset(email);
  }

  async resetPassword(email: string, code: string, password: string): Promise<void> {
    await (await this.#load()).resetPassword(email, code, password);
  }

  async signOut(everywhere = false): Promise<void> {
    const provider = await this.#load();
    await provider.signOut(everywhere);
    this.state.set({ status: "signed-out" });
  }

  /** Have a token that says what the person may do now. */
  async refresh(): Promise<void> {
    await this.#token(true);
  }

  async idToken({ forceRefresh = false } = {}): Promise<string> {
    return (await this.#token(forceRefresh)).idToken;
  }

  /** When the current token ends, in milliseconds since 1970. */
  async tokenExpiresAtMs(): Promise<number> {
    return (await this.#token(false)).expiresAtMs;
  }

  markExpired(): void {
    const state = this.state.get();
    if (state.status === "signed-in") this.state.set({ status: "expired", email: state.identity.email });
  }

  /** Tokens that nobody takes any more are not kept. */
  markEnded(): void {
    const state = this.state.get();
    if (state.status !== "signed-in") return;
    this.state.set({ status: "ended", email: state.identity.email });
    void this.#load()
      .then((provider) => provider.signOut())
      .catch(() => undefined);
  }

  async #token(forceRefresh: boolean) {
    const provider = await this.#load();
    const token = await provider.token(forceRefresh);
    if (!token) {
      this.markExpired();
      throw new SessionExpiredError("There is no valid session.");
    }
    this.#followGroups(token.groups);
    return token;
  }

  /** An owner may let a person in, or take them out, while the page is open. */
  #followGroups(groups: readonly string[]): void {
    const state = this.state.get();
    if (state.status !== "signed-in" || state.identity.groups?.join() === groups.join()) return;
    this.state.set({ status: "signed-in", identity: { ...state.identity, groups } });
  }

  async #advance(step: SignInStep): Promise<SignInStep> {
    if (step === "done") await this.restore();
    return step;
  }
}

/** Whether Amplify's token store names a user who signed in here before. */
export function hasStoredSession(config: Config): boolean {
  try {
    return localStorage.getItem(`CognitoIdentityServiceProvider.${config.client_id}.LastAuthUser`) !== null;
  } catch {
    return false;
  }
}

export function createSession(config: Config): Session {
  let loading: Promise<Provider> | null = null;
  const load = async (): Promise<Provider> => {
    loading ??= import("./cognito").then((module) => module.cognitoProvider(config));
    try {
      return await loading;
    } catch (error) {
      loading = null;
      throw error;
    }
  };
  return new Session(load, hasStoredSession(config));
}
