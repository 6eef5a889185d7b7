/** The page's frame: conversations at the side (a drawer on a phone), the chat beside them. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useLocation, useRoute } from "wouter";

import { ChatPage } from "@/features/chat";
import { ConversationList } from "@/features/conversations";
import { SettingsPanel } from "@/features/settings";
import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { COMPOSER_ID, focusComposer } from "@/lib/focusComposer";
import { useMediaQuery, WIDE_SCREEN } from "@/lib/mediaQuery";
import { routes } from "@/lib/routes";
import { Button, IconButton } from "@/ui/Button";
import { Mark } from "@/ui/icons";

import { FullPage } from "./FullPage";

export function Shell({ email, onSignOut }: { email: string; onSignOut: () => void }) {
  const t = useT();
  const [location, navigate] = useLocation();
  const [, params] = useRoute(routes.conversationPattern);
  const conversationId = params?.id ?? null;
  const isWide = useMediaQuery(WIDE_SCREEN);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const closeDrawer = (): void => {
    setDrawerOpen(false);
    opener.current?.focus();
  };
  if (conversationId === null && location !== routes.newChat) {
    const start = { label: t.app.toStart, run: () => navigate(routes.newChat) };
    return <FullPage title={t.app.notFoundTitle} lead={location} action={start} />;
  }
  const sidebar = (
    <Sidebar
      email={email}
      conversationId={conversationId}
      onSignOut={onSignOut}
      onOpen={() => setDrawerOpen(false)}
      onClose={isWide ? null : closeDrawer}
    />
  );
  return (
    <div className="flex h-dvh overflow-hidden">
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
      {isWide ? sidebar : isDrawerOpen && <Drawer onClose={closeDrawer}>{sidebar}</Drawer>}
      <div className="flex min-w-0 flex-1" inert={!isWide && isDrawerOpen}>
        <ChatPage
          conversationId={conversationId}
          openList={
            isWide ? null : (
              <IconButton ref={opener} icon="menu" size="large" label={t.app.openList} onClick={() => setDrawerOpen(true)} />
            )
          }
        />
      </div>
    </div>
  );
}

interface SidebarProps {
  email: string;
  conversationId: string | null;
  onSignOut: () => void;
  onOpen: () => void;
  /** null: there is nothing to close. */
  onClose: (() => void) | null;
}

function Sidebar({ email, conversationId, onSignOut, onOpen, onClose }: SidebarProps) {
  const t = useT();
  const [, navigate] = useLocation();
  const startNew = (): void => {
    navigate(routes.newChat);
    onOpen();
    focusComposer();
  };
  return (
    <aside
      aria-label={t.list.title}
      className={cx("flex h-full w-72 max-w-[85vw] shrink-0 flex-col border-r border-line bg-side", onClose && "shadow-float")}
    >
      <div className="flex items-center gap-2.5 px-4 pt-4 pb-3">
        <Mark />
        <span className="flex-1 font-semibold tracking-tight">{t.app.name}</span>
        {onClose && <IconButton icon="close" size="large" label={t.app.closeList} onClick={onClose} />}
      </div>
      <div className="px-3 pb-2">
        <Button icon="plus" className="w-full" onClick={startNew}>
          {t.list.newChat}
        </Button>
      </div>
      <ConversationList
        currentId={conversationId}
        onOpen={onOpen}
        onCurrentRemoved={() => navigate(routes.newChat)}
      />
      <div className="mt-1 border-t border-line p-2">
        <SettingsPanel email={email} onSignOut={onSignOut} />
      </div>
    </aside>
  );
}

/** The conversations over the chat, on a phone. Toasts stay reachable, so it is no modal <dialog>. */
function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const panel = useRef<HTMLDivElement>(null);
  const t = useT();
  useEffect(() => panel.current?.querySelector("button")?.focus(), []);
  return (
    <div className="fixed inset-0 z-30 flex">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog. */}
      <div
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-label={t.list.title}
        className="relative z-10"
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      >
        {children}
      </div>
      <div className="absolute inset-0 bg-black/40" aria-hidden="true" onClick={onClose} />
    </div>
  );
}
