/** The site as a signed-in person has it, for tests: everything but the sign-in, on a faked API. */
import { render } from "@testing-library/react";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import { Session, SessionContext, type Provider } from "@/features/auth";
import { Announcer } from "@/lib/announcer";
import { Toasts } from "@/ui/toasts";

import SignedIn from "./SignedIn";

const identity = { userId: "ada", email: "ada@example.com" };
const config = {
  region: "eu-west-1",
  user_pool_id: "pool",
  client_id: "client",
  api_url: "https://api.test",
  socket_url: null,
  cognito_endpoint: null,
  stage: "test",
};

function signedInSession(): Session {
  const provider: Partial<Provider> = {
    identity: async () => identity,
    token: async () => ({ idToken: "token", expiresAtMs: Date.now() + 3_600_000 }),
  };
  const session = new Session(async () => provider as Provider, false);
  session.state.set({ status: "signed-in", identity });
  return session;
}

export function openApp(path = "/", session = signedInSession()) {
  window.history.replaceState(null, "", path);
  const view = render(
    <SessionContext value={session}>
      <ApiContext value={new ApiClient(config.api_url, session)}>
        <SignedIn config={config} identity={identity} />
        <Toasts />
        <Announcer />
      </ApiContext>
    </SessionContext>,
  );
  return { ...view, session };
}
