/** A section's page as a lazy chunk, with a query cache of whoever is there. */
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";

import { isMember, type Identity } from "@/features/auth";
import { SectionPage } from "@/features/section";
import { useCommentTexts } from "@/i18n/comments";
import { clearAnnouncement } from "@/lib/announcer";
import type { Config } from "@/lib/config";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";
import { clearToasts } from "@/ui/toasts";

import { createQueryClient } from "./queryClient";
import { useSignOut } from "./useSignOut";

interface SectionRouteProps {
  sectionId: string;
  config: Config;
  /** null: a visitor. */
  identity: Identity | null;
  onSignIn: () => void;
}

/** Mounted once per person. */
export default function SectionRoute({ sectionId, config, identity, onSignIn }: SectionRouteProps) {
  const [client] = useState(createQueryClient);
  useEffect(
    () => () => {
      clearToasts();
      clearAnnouncement();
    },
    [],
  );
  return (
    <QueryClientProvider client={client}>
      <SectionPage
        key={sectionId}
        sectionId={sectionId}
        config={config}
        userId={identity?.userId ?? null}
        onSignIn={onSignIn}
        account={identity ? <Account identity={identity} /> : <SignIn onSignIn={onSignIn} />}
      />
    </QueryClientProvider>
  );
}

function SignIn({ onSignIn }: { onSignIn: () => void }) {
  const texts = useCommentTexts();
  return (
    <Button isSmall onClick={onSignIn}>
      {texts.section.signIn}
    </Button>
  );
}

function Account({ identity }: { identity: Identity }) {
  const texts = useCommentTexts();
  const signOut = useSignOut(identity.userId);
  // Whoever chats may have messages that are not sent yet, which the chat asks about before they leave.
  if (isMember(identity)) {
    return (
      <Link href={routes.newChat} className="rounded-lg px-2 py-2 text-sm text-muted hover:bg-hover hover:text-ink">
        {texts.section.toChat}
      </Link>
    );
  }
  return (
    <Button isSmall onClick={() => signOut.begin(0, "here")}>
      {texts.section.signOut}
    </Button>
  );
}
