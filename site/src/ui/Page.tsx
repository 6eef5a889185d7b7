import { useEffect, type ReactNode } from "react";

import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { DOT } from "@/lib/format";

import { PageHeader } from "./PageHeader";

interface PageProps {
  title: string;
  openList: ReactNode;
  /** At the end of its bar. */
  tools?: ReactNode;
  /** Of what is in it: how wide it may be, and how far apart its parts are. */
  className: string;
  children: ReactNode;
  /** Over all of it: questions, and what is dropped here. */
  over?: ReactNode;
}

/** A page beside the chat: a bar with its title, and below it what scrolls. */
export function Page({ title, openList, tools, className, children, over }: PageProps) {
  const t = useT();
  useEffect(() => {
    document.title = `${title}${DOT}${t.app.name}`;
  }, [t, title]);
  return (
    <main className="relative flex min-w-0 flex-1 flex-col" aria-label={title}>
      <PageHeader openList={openList} title={title}>
        {tools}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className={cx("mx-auto flex min-h-full w-full flex-col px-4 pt-2 wide:px-6", className)}>{children}</div>
      </div>
      {over}
    </main>
  );
}
