/** What a signed-in person has: a query cache, the chat's runtime, and the pages. A lazy chunk of its own. */
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useApi } from "@/api/context";
import { useSession, type Identity } from "@/features/auth";
import { ChatContext } from "@/features/chat";
import { removeFile, updateFile } from "@/features/files";
import { clearAnnouncement } from "@/lib/announcer";
import type { Config } from "@/lib/config";
import { LimitsContext } from "@/lib/limits";
import { UploadsContext } from "@/entities/files/context";
import { ChatRuntime } from "@/session/runtime";
import { clearToasts } from "@/ui/toasts";

import { createQueryClient } from "./queryClient";
import { Shell } from "./Shell";
import { SignOutQuestion } from "./SignOutQuestion";
import { useSignOut } from "./useSignOut";

/** Mounted once per sign-in, so that nothing of one person is ever shown to the next. */
export default function SignedIn({ config, identity }: { config: Config; identity: Identity }) {
  const session = useSession();
  const api = useApi();
  const { userId } = identity;
  const { socket_url: socketUrl, limits } = config;
  const [client] = useState(createQueryClient);
  const signOut = useSignOut(userId);
  const [runtime, setRuntime] = useState<ChatRuntime | null>(null);
  useEffect(() => {
    const next = new ChatRuntime({
      api,
      client,
      userId,
      socketUrl,
      limits,
      tokenExpiresAtMs: () => session.tokenExpiresAtMs(),
      onFile: (file) => updateFile(client, file),
      onFileDiscarded: (fileId) => removeFile(client, fileId),
    });
    // Timers and a socket: it lives exactly as long as this effect.
    // oxlint-disable-next-line react/set-state-in-effect
    setRuntime(next);
    next.start();
    return () => {
      setRuntime(null);
      next.dispose();
    };
  }, [api, client, limits, session, socketUrl, userId]);
  useEffect(() => forgetNotices, []);
  if (!runtime) return null;
  return (
    <QueryClientProvider client={client}>
      <ChatContext value={runtime}>
        <LimitsContext value={limits}>
          <UploadsContext value={runtime.uploads}>
            <div className="contents" inert={signOut.unsentCount > 0}>
              <Shell identity={identity} onSignOut={(where) => signOut.begin(runtime.outbox.count(), where)} />
            </div>
            {signOut.unsentCount > 0 && (
              <SignOutQuestion unsentCount={signOut.unsentCount} onCancel={signOut.cancel} onConfirm={signOut.confirm} />
            )}
          </UploadsContext>
        </LimitsContext>
      </ChatContext>
    </QueryClientProvider>
  );
}

/** They name files and quote answers, and stand outside of what this unmounts. */
function forgetNotices(): void {
  clearToasts();
  clearAnnouncement();
}
