/**
 * The visits of a visitor: the one that goes on, and those that were left, with their tokens, so that all of them can be
 * taken away and erased. Tokens stay in their tab, so that a page that is loaded anew goes on; beyond the tab they are kept
 * only where the visitor wants to be remembered.
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

/** A visit as it was begun. */
export interface Kept extends Choices {
  visitId: string;
  token: string;
  expiresAtMs: number;
  /** Nothing is asked in it any more. */
  isOver: boolean;
}

const isKept = (value: Partial<Kept> | null): value is Kept =>
  typeof value?.visitId === "string" && typeof value.token === "string" && typeof value.expiresAtMs === "number";

function read(text: string | null): Kept[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter(isKept) : [];
  } catch {
    return [];
  }
}

const over = (visit: Kept): Kept => ({ ...visit, isOver: true });

export class Visit implements TokenSource {
  readonly isPreview: boolean;
  readonly #key: string;
  /** Of this tab, the oldest first. They are held here as well, where there is no store. */
  #visits: Kept[];
  #choices: Choices;

  constructor(handle: string, previewToken: string | null) {
    this.isPreview = previewToken !== null;
    this.#key = `twin.${handle}`;
    const choices = storage.get(`${this.#key}.choices`)?.split(" ") ?? [];
    this.#choices = { remember: choices.includes("remember"), transcript: !choices.includes("no-transcript") };
    this.#visits =
      previewToken === null
        ? read(tabStorage.get(this.#key))
        : [{ visitId: "", token: previewToken, expiresAtMs: Infinity, isOver: false, ...this.#choices }];
  }

  get #current(): Kept | null {
    const last = this.#visits.at(-1);
    return last && !last.isOver ? last : null;
  }

  get isBegun(): boolean {
    return this.#current !== null;
  }

  /** Whether the next question is asked in the visit that there is: it was begun with what is chosen now. */
  get goesOn(): boolean {
    const { remember, transcript } = this.#current ?? {};
    return remember === this.#choices.remember && transcript === this.#choices.transcript;
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
    // Whoever is not to be remembered any more can still erase what was.
    this.#visits = this.all();
    this.#save();
  }

  /** All that can be taken away or erased, the oldest first: this tab's, and those that are remembered. */
  all(): Kept[] {
    if (this.isPreview) return this.#visits;
    const elsewhere = read(storage.get(this.#key)).filter(({ token }) => !this.#visits.some((own) => own.token === token));
    return [...elsewhere.map(over), ...this.#visits];
  }

  /** The token of an earlier visit, where its questions may be remembered. */
  previousToken(): string | null {
    return this.#choices.remember ? (this.all().at(-1)?.token ?? null) : null;
  }

  begun({ visit_id: visitId, token, expires_in_s }: Begun): void {
    const visit = { visitId, token, expiresAtMs: Date.now() + expires_in_s * 1000, isOver: false, ...this.#choices };
    this.#visits = [...this.#visits.map(over), visit];
    this.#save();
  }

  /** It is over; what was asked in it may be remembered by the next one. */
  leave(): void {
    if (this.isPreview) return;
    this.#visits = this.#visits.map(over);
    this.#save();
  }

  /** It was erased. */
  forget({ token }: Kept): void {
    const others = this.all().filter((visit) => visit.token !== token);
    storage.remove(this.#key);
    this.#visits = others;
    this.#save();
  }

  #save(): void {
    if (this.isPreview) return;
    write(tabStorage, this.#key, this.#visits);
    write(storage, this.#key, this.#choices.remember ? this.all() : []);
  }

  async idToken({ forceRefresh = false } = {}): Promise<string> {
    // Only a question begins a visit, so that nothing that merely reads does.
    if (forceRefresh) this.leave();
    const current = this.#current;
    if (forceRefresh || current === null) throw new SessionExpiredError("The visit is over.");
    return `Bearer ${current.token}`;
  }

  markExpired(): void {
    this.leave();
  }

  markEnded(): void {
    this.leave();
  }
}

function write(area: Pick<typeof tabStorage, "set" | "remove">, key: string, visits: readonly Kept[]): void {
  if (visits.length > 0) area.set(key, JSON.stringify(visits));
  else area.remove(key);
}
