import { Component, type ReactNode } from "react";

import { t } from "@/i18n";

import { FullPage } from "./FullPage";

/** What a person sees when the page itself fails. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const { crashTitle, crashBody, reload } = t().app;
    return <FullPage title={crashTitle} lead={crashBody} action={{ label: reload, run: () => location.reload() }} />;
  }
}
