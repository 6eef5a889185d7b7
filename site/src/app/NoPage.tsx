/** What a visitor has where a twin's page would be, in place of a sign-in that is not for them. */
import { useEffect } from "react";
import { usePathname } from "wouter/use-browser-location";

import { useT } from "@/i18n";

import { FullPage } from "./FullPage";

/** path: as the page is asked for; one without its slash is gone to, since the page may be there. */
export function NoPage({ path }: { path: string }) {
  const t = useT();
  const isAsked = usePathname() === path;
  useEffect(() => {
    if (!isAsked) location.replace(path + location.search + location.hash);
    else document.title = t.app.notFoundTitle;
  }, [isAsked, path, t]);
  if (!isAsked) return null;
  return <FullPage title={t.app.notFoundTitle} lead={t.app.notPublished} action={{ label: t.app.toRoot, run: () => location.assign("/") }} />;
}
