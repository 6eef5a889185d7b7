import { useT } from "@/i18n";
import { LanguageSwitch } from "@/ui/LanguageSwitch";

import { FullPage } from "./FullPage";

/** The page without settings: nothing can work, and this says so. */
export function ConfigError() {
  const t = useT();
  return (
    <FullPage title={t.app.configTitle} lead={t.app.configBody} action={{ label: t.app.reload, run: () => location.reload() }}>
      <LanguageSwitch />
    </FullPage>
  );
}
