import { Component, type ReactNode } from "react";

import { problemOf } from "@/entities/errors/problemReport";
import { ReportProblem } from "@/entities/errors/ReportProblem";
import { t } from "@/i18n";
import { Toasts } from "@/ui/toasts";

import { FullPage } from "./FullPage";

/** What a person sees when the page itself fails. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { crash: { error: unknown } | null }> {
  override state: { crash: { error: unknown } | null } = { crash: null };

  static getDerivedStateFromError(error: unknown): { crash: { error: unknown } } {
    return { crash: { error } };
  }

  override render(): ReactNode {
    const { crash } = this.state;
    if (crash === null) return this.props.children;
    const { crashTitle, crashBody, reload } = t().app;
    return (
      <>
        <FullPage title={crashTitle} lead={crashBody} action={{ label: reload, run: () => location.reload() }}>
          <ReportProblem problem={problemOf(crash.error)} />
        </FullPage>
        {/* Those of the page are gone with it. */}
        <Toasts />
      </>
    );
  }
}
