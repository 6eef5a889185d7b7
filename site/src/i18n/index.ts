/**
 * The language of the page: the one chosen here before, else the browser's, else English.
 * Kept outside React, so that any code may read it; components use `useT`.
 */
import { storage } from "@/lib/storage";
import { createStore, useStore } from "@/lib/store";

import { en, type Messages } from "./en";
import { fr } from "./fr";

export const catalogues = { en, fr } satisfies Record<string, Messages>;

export type Language = keyof typeof catalogues;

export const languageNames: Record<Language, string> = { en: "English", fr: "Français" };

const STORAGE_KEY = "language";

const isLanguage = (value: string | undefined | null): value is Language => !!value && Object.hasOwn(catalogues, value);

/** The first language on offer among a browser's preferences ("fr-CA" counts as "fr"). */
export function detectLanguage(preferences: readonly string[]): Language {
  const codes = preferences.map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find(isLanguage) ?? "en";
}

const stored = storage.get(STORAGE_KEY);
const language = createStore<Language>(isLanguage(stored) ? stored : detectLanguage(navigator.languages));

function reflectInDocument(): void {
  document.documentElement.lang = language.get();
}

reflectInDocument();
language.subscribe(reflectInDocument);

export function setLanguage(next: Language): void {
  storage.set(STORAGE_KEY, next);
  language.set(next);
}

export const getLanguage = (): Language => language.get();

export const useLanguage = (): Language => useStore(language);

export const useT = (): Messages => catalogues[useStore(language)];

/** The texts in the current language, for code that is not a component. */
export const t = (): Messages => catalogues[language.get()];

export type { Messages } from "./en";
