/** Texts of a part of the site that not everybody opens: they come with its code, and not with the first page. */
import { getLanguage, useLanguage, type Language } from ".";

export interface Texts<T> {
  all: Record<Language, T>;
  /** In the current language, for code that is not a component. */
  now(): T;
  use(): T;
}

export const texts = <T>(all: Record<Language, T>): Texts<T> => ({
  all,
  now: () => all[getLanguage()],
  use: function useTexts() {
    return all[useLanguage()];
  },
});
