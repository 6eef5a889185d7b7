/** The pages, put together from features that do not know each other. */
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, type ReactNode } from "react";
import { useLocation } from "wouter";

import { ChatPage, useAttachedFiles, useChat } from "@/features/chat";
import { ConversationFiles } from "@/features/files";
import { useLanguage, useT } from "@/i18n";
import { updateCached } from "@/entities/conversations/cache";
import { useConversation } from "@/entities/conversations/list";
import { refusedTexts } from "@/entities/files/fileText";
import { tooManyFiles } from "@/entities/files/validate";
import { focusComposer } from "@/lib/focusComposer";
import { useLimits } from "@/lib/limits";
import { routes } from "@/lib/routes";
import { IconButton } from "@/ui/Button";
import { showToast } from "@/ui/toasts";

const FilesPage = lazy(() => import("@/features/files/components/FilesPage"));
const PeoplePage = lazy(() => import("@/features/people/components/PeoplePage"));
const TwinPage = lazy(() => import("@/features/twin/components/TwinPage"));
const ModerationPage = lazy(() => import("@/features/moderation/components/ModerationPage"));
const InsightsPage = lazy(() => import("@/features/insights/components/InsightsPage"));
const StatusPage = lazy(() => import("@/features/status/components/StatusPage"));

interface ChatRouteProps {
  conversationId: string | null;
  openList: ReactNode;
  /** null: the list of conversations has a button for it in sight. */
  startNew: (() => void) | null;
}

export function ChatRoute({ conversationId, openList, startNew }: ChatRouteProps) {
  const t = useT();
  const tools = conversationId !== null && (
    <>
      <ChatTools conversationId={conversationId} />
      {startNew && <IconButton icon="plus" size="large" label={t.list.newChat} onClick={startNew} />}
    </>
  );
  return <ChatPage conversationId={conversationId} openList={openList} tools={tools} />;
}

function ChatTools({ conversationId }: { conversationId: string }) {
  const client = useQueryClient();
  const { data: conversation } = useConversation(conversationId);
  const attached = useAttachedFiles(conversationId);
  if (!conversation) return null;
  return (
    <ConversationFiles
      key={conversationId}
      conversation={conversation}
      attached={attached}
      onChanged={(changed) => updateCached(client, conversationId, changed)}
    />
  );
}

function Coming({ children }: { children: ReactNode }) {
  const t = useT();
  return <Suspense fallback={<main className="flex-1" aria-busy="true" aria-label={t.app.loading} />}>{children}</Suspense>;
}

export const PeopleRoute = ({ openList }: { openList: ReactNode }) => (
  <Coming>
    <PeoplePage openList={openList} />
  </Coming>
);

export const TwinRoute = ({ openList }: { openList: ReactNode }) => (
  <Coming>
    <TwinPage openList={openList} />
  </Coming>
);

export const ModerationRoute = ({ openList }: { openList: ReactNode }) => (
  <Coming>
    <ModerationPage openList={openList} />
  </Coming>
);

export const InsightsRoute = ({ openList }: { openList: ReactNode }) => (
  <Coming>
    <InsightsPage openList={openList} />
  </Coming>
);

export const StatusRoute = ({ openList }: { openList: ReactNode }) => (
  <Coming>
    <StatusPage openList={openList} />
  </Coming>
);

export function FilesRoute({ openList }: { openList: ReactNode }) {
  const t = useT();
  const language = useLanguage();
  const chat = useChat();
  const limits = useLimits();
  const [, navigate] = useLocation();
  return (
    <Coming>
      <FilesPage
        openList={openList}
        onUseInNewChat={(file) => {
          if (!chat.attachToNew(file)) {
            const refused = [{ name: file.name, problem: tooManyFiles(limits) }];
            showToast({ text: refusedTexts({ t, language }, refused).join(" "), isError: true });
          }
          navigate(routes.newChat);
          focusComposer();
        }}
      />
    </Coming>
  );
}
