/** What a signed-in person has: the chat's runtime, and the pages around it. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useApi } from "@/api/context";
import { useIdentity, useSession } from "@/features/auth";
import { ChatContext, ChatRuntime } from "@/features/chat";
import type { Config } from "@/lib/config";
import { forgetDrafts } from "@/lib/drafts";

import { Shell } from "./Shell";

export function SignedIn({ config }: { config: Config }) {
  const session = useSession();
  const identity = useIdentity();
  const api = useApi();
  const client = useQueryClient();
  const [runtime, setRuntime] = useState<ChatRuntime | null>(null);
  const userId = identity?.userId;
  useEffect(() => {
    if (userId === undefined) return;
    const next = new ChatRuntime({
      api,
      client,
      userId,
      socketUrl: config.socket_url,
      tokenExpiresAtMs: () => session.tokenExpiresAtMs(),
    });
    setRuntime(next);
    next.start();
    return () => {
      setRuntime(null);
      next.dispose();
    };
  }, [api, client, config.socket_url, session, userId]);
  if (!runtime || !identity) return null;
  const signOut = async (): Promise<void> => {
    await session.signOut();
    forgetDrafts(identity.userId);
  };
  return (
    <ChatContext value={runtime}>
      <Shell email={identity.email} onSignOut={() => void signOut()} />
    </ChatContext>
  );
}
