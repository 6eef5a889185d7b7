/** The page by who is there: nobody, somebody whose session ended, or a signed-in person; sections are for all of them. */
import { lazy, Suspense, useEffect, useState, type ComponentProps } from "react";
import { usePathname } from "wouter/use-browser-location";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import { createSession, isMember, SessionContext, SignInPage, useSession, type Identity, type SessionState } from "@/features/auth";
import { useT } from "@/i18n";
import { Announcer } from "@/lib/announcer";
import type { Config } from "@/lib/config";
import { publishedPageOf, sectionOf } from "@/lib/routes";
import { useStore } from "@/lib/store";
import { Mark } from "@/ui/icons";
import { Toasts } from "@/ui/toasts";

import { ConfigError } from "./ConfigError";
import { ErrorBoundary } from "./ErrorBoundary";
import { NoPage } from "./NoPage";

const importSignedIn = () => import("./SignedIn");
const SignedIn = lazy(importSignedIn);
const SectionRoute = lazy(() => import("./SectionRoute"));
const WaitingPage = lazy(() => import("./WaitingPage"));

export function App({ config }: { config: Config }) {
  const [session] = useState(() => createSession(config));
  const [api] = useState(() => new ApiClient(config.api_url, session));
  const page = publishedPageOf(usePathname());
  return (
    <ErrorBoundary>
      <SessionContext value={session}>
        <ApiContext value={api}>
          {page === null ? <Gate config={config} /> : <NoPage path={page} />}
          <Toasts />
          <Announcer />
        </ApiContext>
      </SessionContext>
    </ErrorBoundary>
  );
}

function Gate({ config }: { config: Config }) {
  const session = useSession();
  const state = useStore(session.state);
  const [isBroken, setBroken] = useState(false);
  // While nobody is signed in, in the state in which a reader asked for it: another one begins with reading again.
  const [askedIn, setAskedIn] = useState<SessionState | null>(null);
  const sectionId = sectionOf(usePathname());
  useEffect(() => {
    // Whoever comes will need it: loaded beside the session's check, or while the password is typed.
    if (sectionId === null) void importSignedIn().catch(() => undefined);
    if (session.state.get().status === "loading") session.restore().catch(() => setBroken(true));
  }, [session, sectionId]);
  if (isBroken) return <ConfigError />;
  const asked = { isOpen: config.signup === "open", isToComment: sectionId !== null };
  switch (state.status) {
    case "loading":
      return <Starting />;
    case "signed-out":
      if (sectionId !== null && askedIn !== state) {
        return <Section sectionId={sectionId} config={config} identity={null} onSignIn={() => setAskedIn(state)} />;
      }
      return <SignInPage {...asked} onLeave={sectionId === null ? null : () => setAskedIn(null)} />;
    case "expired":
    case "ended":
      return <SignInPage {...asked} over={state.status} lastEmail={state.email} onLeave={null} />;
    case "signed-in":
      return (
        <Suspense fallback={<Starting />}>
          <Inside config={config} identity={state.identity} sectionId={sectionId} />
        </Suspense>
      );
    default:
      return state satisfies never;
  }
}

function Inside({ config, identity, sectionId }: { config: Config; identity: Identity; sectionId: string | null }) {
  const { userId } = identity;
  if (sectionId !== null) return <Section sectionId={sectionId} config={config} identity={identity} onSignIn={() => undefined} />;
  if (!isMember(identity)) return <WaitingPage identity={identity} />;
  return <SignedIn key={userId} config={config} identity={identity} />;
}

function Section(props: ComponentProps<typeof SectionRoute>) {
  return (
    <Suspense fallback={<Starting />}>
      <SectionRoute key={props.identity?.userId ?? ""} {...props} />
    </Suspense>
  );
}

function Starting() {
  const t = useT();
  return (
    <main className="grid min-h-dvh place-items-center" aria-busy="true">
      <div className="animate-shimmer" role="status" aria-label={t.app.loading}>
        <Mark size={40} />
      </div>
    </main>
  );
}
