/** Conversations and what else there is, at the side; on a phone in a drawer. */
import { lazy, Suspense, useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { isOwner, type Identity } from "@/features/auth";
import { ConversationList } from "@/features/conversations";
import { SettingsPanel, type Where } from "@/features/settings";
import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { focusComposer } from "@/lib/focusComposer";
import { isOfInputMethod } from "@/lib/inputMethod";
import { routes } from "@/lib/routes";
import { Button, IconButton } from "@/ui/Button";
import { Icon, Mark, type IconName } from "@/ui/icons";
import { ToastRoom } from "@/ui/toasts";

/** Of owners alone, as the page that it leads to. */
const WaitingCount = lazy(() => import("@/features/moderation/components/WaitingCount"));

interface SidebarProps {
  identity: Identity;
  conversationId: string | null;
  onSignOut: (where: Where) => void;
  onOpen: () => void;
  /** null: there is nothing to close. */
  onClose: (() => void) | null;
}

export function Sidebar({ identity, conversationId, onSignOut, onOpen, onClose }: SidebarProps) {
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
      className={cx("flex h-full w-72 max-w-[85vw] shrink-0 flex-col border-r border-line bg-side print:hidden", onClose && "shadow-float")}
    >
      <div className="flex items-center gap-2.5 px-4 pt-4 pb-3">
        <Mark />
        <span className="flex-1 font-semibold tracking-tight">{t.app.name}</span>
        {onClose && <IconButton icon="close" size="large" label={t.app.closeList} onClick={onClose} />}
      </div>
      {onClose && <ToastRoom />}
      <div className="space-y-1.5 px-3 pb-2">
        <Button icon="plus" className="w-full" onClick={startNew}>
          {t.list.newChat}
        </Button>
        <PageLink href={routes.files} icon="folder" label={t.files.page.title} onOpen={onOpen} />
        {isOwner(identity) && (
          <>
            <PageLink href={routes.twin} icon="twin" label={t.app.twin} onOpen={onOpen} />
            <PageLink href={routes.people} icon="people" label={t.app.people} onOpen={onOpen} />
            <PageLink href={routes.moderation} icon="shield" label={t.app.moderation} onOpen={onOpen}>
              <Suspense>
                <WaitingCount />
              </Suspense>
            </PageLink>
            <PageLink href={routes.insights} icon="chart" label={t.app.insights} onOpen={onOpen} />
            <PageLink href={routes.status} icon="pulse" label={t.app.status} onOpen={onOpen} />
          </>
        )}
      </div>
      <ConversationList
        currentId={conversationId}
        onOpen={onOpen}
        onCurrentRemoved={() => navigate(routes.newChat)}
      />
      <div className="mt-1 border-t border-line p-2">
        <SettingsPanel email={identity.email} onSignOut={onSignOut} />
      </div>
    </aside>
  );
}

interface PageLinkProps {
  href: string;
  icon: IconName;
  label: string;
  onOpen: () => void;
  /** At its end. */
  children?: ReactNode;
}

function PageLink({ href, icon, label, onOpen, children }: PageLinkProps) {
  const [location] = useLocation();
  const isCurrent = location === href;
  return (
    <Link
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      className={cx(
        "flex min-h-10 items-center gap-2.5 rounded-lg px-2.5 text-[0.9375rem] transition-colors",
        isCurrent ? "bg-hover font-medium" : "text-muted hover:bg-hover/70 hover:text-ink",
      )}
      onClick={onOpen}
    >
      <Icon name={icon} />
      {label}
      {children}
    </Link>
  );
}

/** The sidebar over the page, on a phone. Toasts stay reachable, so it is no modal <dialog>. */
export function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const panel = useRef<HTMLDivElement>(null);
  const t = useT();
  useEffect(() => panel.current?.querySelector("button")?.focus(), []);
  return (
    <div className="fixed inset-0 z-30 flex print:hidden">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog. */}
      <div
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-label={t.list.title}
        className="relative z-10"
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isOfInputMethod(event.nativeEvent)) return;
          // Taken: the same key stops the answer.
          event.preventDefault();
          onClose();
        }}
      >
        {children}
      </div>
      <div className="absolute inset-0 bg-black/40" aria-hidden="true" onClick={onClose} />
    </div>
  );
}
