import { languageNames, setLanguage, useLanguage, useT, type Language } from "@/i18n";

import { Choice } from "./Choice";

const languages = Object.keys(languageNames) as Language[];

export function LanguageSwitch() {
  const t = useT();
  return (
    <Choice
      label={t.settings.language}
      options={languages.map((value) => ({ value, label: languageNames[value], lang: value }))}
      value={useLanguage()}
      onChange={setLanguage}
    />
  );
}
