/** The page by who is there: nobody, somebody whose session ended, or a signed-in person. */
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";

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
import { createQueryClient } from "./queryClient";
import { SignedIn } from "./SignedIn";

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
    if (session.state.get().status === "loading") session.restore().catch(() => setBroken(true));
  }, [session]);
  if (isBroken) return <ConfigError />;
  switch (state.status) {
    case "loading":
      return <Starting />;
    case "signed-out":
    case "expired":
      return <SignInPage wasExpired={state.status === "expired"} />;
    case "signed-in":
      return <Person key={state.identity.userId} config={config} />;
    default:
      return state satisfies never;
  }
}

/** A query cache per sign-in: nothing of one person is ever shown to the next. */
function Person({ config }: { config: Config }) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <SignedIn config={config} />
    </QueryClientProvider>
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
