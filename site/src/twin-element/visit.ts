/**
 * A visit: its token, and what the visitor chose about being remembered. The token stays in its tab, so that a page that is
 * loaded anew goes on; beyond the tab it is kept only where the visitor wants to be remembered.
 */
import { SessionExpiredError, type TokenSource } from "@/api/client";
import { storage, tabStorage } from "@/lib/storage";

import type { Begun } from "./types";

export interface Choices {
  /** Remember the questions across visits. */
  remember: boolean;
  /** Whether a transcript may be kept. */
  transcript: boolean;
}

interface Kept {
  token: string;
  expiresAtMs: number;
}

const kept = (text: string | null): Kept | null => {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Kept> | null;
    return typeof value?.token === "string" && typeof value.expiresAtMs === "number"
      ? { token: value.token, expiresAtMs: value.expiresAtMs }
      : null;
  } catch {
    return null;
  }
};

export class Visit implements TokenSource {
  readonly isPreview: boolean;
  readonly #key: string;
  #current: Kept | null;
  /** Of the visit before this one in this tab. */
  #before: string | null = null;
  #choices: Choices;

  constructor(handle: string, previewToken: string | null) {
    this.isPreview = previewToken !== null;
    this.#key = `twin.${handle}`;
    this.#current = previewToken === null ? kept(tabStorage.get(this.#key)) : { token: previewToken, expiresAtMs: Infinity };
    const choices = storage.get(`${this.#key}.choices`)?.split(" ") ?? [];
    this.#choices = { remember: choices.includes("remember"), transcript: !choices.includes("no-transcript") };
  }

  get isBegun(): boolean {
    return this.#current !== null;
  }

  get expiresAtMs(): number {
    return this.#current?.expiresAtMs ?? 0;
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** What was chosen holds from the next question on: that one begins a visit of its own. */
  choose(choices: Choices): void {
    this.#choices = choices;
    const said = [choices.remember && "remember", !choices.transcript && "no-transcript"].filter(Boolean).join(" ");
    if (said) storage.set(`${this.#key}.choices`, said);
    else storage.remove(`${this.#key}.choices`);
    if (this.isPreview) return;
    this.leave();
    if (!choices.remember) this.#forgetBefore();
    else if (this.#before !== null) storage.set(this.#key, this.#before);
  }

  /** The token of an earlier visit, where its questions may be remembered. */
  previousToken(): string | null {
    return this.#choices.remember ? (this.#before ?? storage.get(this.#key)) : null;
  }

  begun({ token, expires_in_s }: Begun): void {
    this.#current = { token, expiresAtMs: Date.now() + expires_in_s * 1000 };
    tabStorage.set(this.#key, JSON.stringify(this.#current));
    if (this.#choices.remember) storage.set(this.#key, token);
  }

  /** It is over; what was asked in it may be remembered by the next one. */
  leave(): void {
    if (this.isPreview) return;
    this.#before = this.#current?.token ?? this.#before;
    this.#current = null;
    tabStorage.remove(this.#key);
  }

  /** It was erased. */
  forget(): void {
    this.leave();
    this.#forgetBefore();
  }

  #forgetBefore(): void {
    this.#before = null;
    storage.remove(this.#key);
  }

  async idToken({ forceRefresh = false } = {}): Promise<string> {
    // Only a question begins a visit, so that nothing that merely reads does.
    if (forceRefresh) this.leave();
    if (forceRefresh || this.#current === null) throw new SessionExpiredError("The visit is over.");
    return `Bearer ${this.#current.token}`;
  }

  markExpired(): void {
    this.leave();
  }

  markEnded(): void {
    this.leave();
  }
}
