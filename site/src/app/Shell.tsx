/** The page's frame: the sidebar (a drawer on a phone), and beside it the chat or another page. */
import { useRef, useState } from "react";
import { useLocation, useRoute } from "wouter";

import { isGone, useConversation } from "@/entities/conversations/list";
import { isOwner, type Identity } from "@/features/auth";
import type { Where } from "@/features/settings";
import { ViewerSlot } from "@/features/viewer";
import { useT } from "@/i18n";
import { COMPOSER_ID, focusComposer } from "@/lib/focusComposer";
import { useMediaQuery, WIDE_SCREEN } from "@/lib/mediaQuery";
import { routes, trimmed } from "@/lib/routes";
import { IconButton } from "@/ui/Button";

import { FullPage } from "./FullPage";
import { ChatRoute, FilesRoute, InsightsRoute, ModerationRoute, PeopleRoute, StatusRoute, TwinRoute } from "./pages";
import { Drawer, Sidebar } from "./Sidebar";

const otherPages: Readonly<Record<string, typeof FilesRoute>> = {
  [routes.files]: FilesRoute,
  [routes.twin]: TwinRoute,
  [routes.people]: PeopleRoute,
  [routes.moderation]: ModerationRoute,
  [routes.insights]: InsightsRoute,
  [routes.status]: StatusRoute,
};

/** The API refuses others what they show. */
const ownersPages: ReadonlySet<string> = new Set([routes.twin, routes.people, routes.moderation, routes.insights, routes.status]);

export function Shell({ identity, onSignOut }: { identity: Identity; onSignOut: (where: Where) => void }) {
  const t = useT();
  const [path, navigate] = useLocation();
  const location = trimmed(path);
  const [, params] = useRoute(routes.conversationPattern);
  const conversationId = params?.id ?? null;
  // Without a message box where the conversation is gone.
  const { error } = useConversation(conversationId, false);
  const Other = otherPages[location] ?? null;
  const isWide = useMediaQuery(WIDE_SCREEN);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const closeDrawer = (): void => {
    setDrawerOpen(false);
    opener.current?.focus();
  };
  const start = { label: t.app.toStart, run: () => navigate(routes.newChat) };
  if (conversationId === null && !Other && location !== routes.newChat) {
    return <FullPage title={t.app.notFoundTitle} lead={location} action={start} />;
  }
  if (ownersPages.has(location) && !isOwner(identity)) {
    return <FullPage title={t.app.ownersTitle} lead={t.app.ownersLead} action={start} />;
  }
  const sidebar = (
    <Sidebar
      identity={identity}
      conversationId={conversationId}
      onSignOut={onSignOut}
      onOpen={() => setDrawerOpen(false)}
      onClose={isWide ? null : closeDrawer}
    />
  );
  const openList = isWide ? null : (
    <IconButton ref={opener} icon="menu" size="large" label={t.app.openList} onClick={() => setDrawerOpen(true)} />
  );
  const startNew = (): void => {
    navigate(routes.newChat);
    focusComposer();
  };
  return (
    <div className="screen flex h-dvh overflow-hidden">
      {!Other && !isGone(error) && <SkipLink />}
      {isWide ? sidebar : isDrawerOpen && <Drawer onClose={closeDrawer}>{sidebar}</Drawer>}
      <div className="flex min-w-0 flex-1" inert={!isWide && isDrawerOpen}>
        {Other ? <Other openList={openList} /> : <ChatRoute conversationId={conversationId} openList={openList} startNew={isWide ? null : startNew} />}
      </div>
      <ViewerSlot />
    </div>
  );
}

function SkipLink() {
  const t = useT();
  return (
    <a
      href={`#${COMPOSER_ID}`}
      className="absolute top-2 left-2 z-50 -translate-y-20 rounded-lg bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(COMPOSER_ID)?.focus();
      }}
    >
      {t.app.skipToMessage}
    </a>
  );
}
