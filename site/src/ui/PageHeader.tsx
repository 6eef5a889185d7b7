import type { ReactNode } from "react";

import { Cut } from "./Cut";
import { ToastRoom } from "./toasts";

interface PageHeaderProps {
  /** Opens the list of conversations on a phone. */
  openList: ReactNode;
  /** null: the page has a heading of its own. */
  title: string | null;
  /** At its end. */
  children?: ReactNode;
}

/** The bar over a page: its title, and what is done with all of it. */
export function PageHeader({ openList, title, children }: PageHeaderProps) {
  return (
    <>
      <header className="flex min-h-14 shrink-0 items-center gap-1 px-2 wide:px-5">
        <div className="contents print:hidden">{openList}</div>
        {title === null ? (
          <span className="flex-1" />
        ) : (
          <Cut as="h1" className="min-w-0 flex-1 px-1 text-[0.9375rem] font-medium text-muted">
            {title}
          </Cut>
        )}
        <div className="contents print:hidden">{children}</div>
      </header>
      <ToastRoom />
    </>
  );
}
