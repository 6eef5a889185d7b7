/** The language of the page in the region that the browser names for it: "en" is "en-GB" where that is preferred. */
export function localeOf(language: string): string {
  const regional = navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return regional ?? language;
}
