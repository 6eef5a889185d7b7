/** The site's own page of a section: read by everyone, written on by whoever is signed in. */
import { useEffect, type ReactNode } from "react";

import { ApiError } from "@/api/client";
import { Comments } from "@/entities/comments/ui/Comments";
import { useComments } from "@/entities/comments/useComments";
import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import type { Config } from "@/lib/config";
import { DOT } from "@/lib/format";
import { webAddress } from "@/lib/plainText";
import { wayBack } from "@/lib/returnTo";
import { Mark } from "@/ui/icons";
import { LanguageSwitch } from "@/ui/LanguageSwitch";

interface SectionPageProps {
  sectionId: string;
  config: Config;
  /** null: a visitor. */
  userId: string | null;
  onSignIn: () => void;
  /** At the page's edge: who is there, and where else they may go. */
  account: ReactNode;
}

export function SectionPage({ sectionId, config, userId, onSignIn, account }: SectionPageProps) {
  const t = useT();
  const texts = useCommentTexts();
  const { list, section } = useComments(sectionId, userId);
  const isUnknown = list.error instanceof ApiError && (list.error.status === 404 || list.error.status === 400);
  const title = section?.title ?? (isUnknown ? texts.section.unknownTitle : texts.title);
  const back = wayBack(window.location.search, config.comment_origins);
  const own = back === null ? webAddress(section?.url ?? "") : null;
  useEffect(() => {
    // Led to by the moderation, among others: there once it was read.
    if (list.isSuccess && window.location.hash !== "") document.getElementById(window.location.hash.slice(1))?.focus();
  }, [list.isSuccess]);
  useEffect(() => {
    document.title = `${title}${DOT}${t.app.name}`;
  }, [title, t]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[44rem] flex-col px-4 wide:px-6">
      <header className="flex min-h-16 flex-wrap items-center gap-3 py-3">
        <Mark />
        <div className="min-w-0 flex-1 text-sm wrap-anywhere">
          {back && <WayBack href={back.href}>{`← ${texts.section.back(back.host)}`}</WayBack>}
          {own !== null && <WayBack href={own}>{texts.section.open}</WayBack>}
        </div>
        {account}
      </header>
      <main className="flex-1 space-y-8 pt-4 pb-12">
        <h1 dir="auto" className="text-2xl font-semibold tracking-tight wrap-anywhere">
          {title}
        </h1>
        {isUnknown ? (
          <p className="text-muted">{texts.section.unknownLead}</p>
        ) : (
          <Comments sectionId={sectionId} userId={userId} limits={config.limits} onSignIn={onSignIn} />
        )}
      </main>
      <footer className="flex justify-center border-t border-line py-5">
        <LanguageSwitch />
      </footer>
    </div>
  );
}

const WayBack = ({ href, children }: { href: string; children: string }) => (
  <a href={href} className="rounded py-2 text-accent underline-offset-4 hover:underline">
    {children}
  </a>
);
