/** The page by who is there: nobody, somebody whose session ended, or a signed-in person. */
import { lazy, Suspense, useEffect, useState } from "react";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import { createSession, SessionContext, SignInPage, useSession } from "@/features/auth";
import { useT } from "@/i18n";
import { Announcer } from "@/lib/announcer";
import type { Config } from "@/lib/config";
import { useStore } from "@/lib/store";
import { Mark } from "@/ui/icons";
import { Toasts } from "@/ui/toasts";

import { ConfigError } from "./ConfigError";
import { ErrorBoundary } from "./ErrorBoundary";

const importSignedIn = () => import("./SignedIn");
const SignedIn = lazy(importSignedIn);

export function App({ config }: { config: Config }) {
  const [session] = useState(() => createSession(config));
  const [api] = useState(() => new ApiClient(config.api_url, session));
  return (
    <ErrorBoundary>
      <SessionContext value={session}>
        <ApiContext value={api}>
          <Gate config={config} />
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
  useEffect(() => {
    // Whoever comes will need it: loaded beside the session's check, or while the password is typed.
    void importSignedIn().catch(() => undefined);
    if (session.state.get().status === "loading") session.restore().catch(() => setBroken(true));
  }, [session]);
  if (isBroken) return <ConfigError />;
  switch (state.status) {
    case "loading":
      return <Starting />;
    case "signed-out":
      return <SignInPage />;
    case "expired":
    case "ended":
      return <SignInPage over={state.status} />;
    case "signed-in":
      return (
        <Suspense fallback={<Starting />}>
          <SignedIn key={state.identity.userId} config={config} identity={state.identity} />
        </Suspense>
      );
    default:
      return state satisfies never;
  }
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
