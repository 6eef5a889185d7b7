import type { ReactNode } from "react";

import { useT } from "@/i18n";
import { Button } from "@/ui/Button";

/** What is said in place of a page's text, with the original where it may help. */
export function Notice({ children, onDownload }: { children: ReactNode; onDownload?: () => void }) {
  const t = useT();
  return (
    <div role="status" className="flex flex-col items-start gap-3 text-[0.9375rem] text-muted">
      <p>{children}</p>
      {onDownload && (
        <Button icon="download" onClick={onDownload}>
          {t.citations.viewer.download}
        </Button>
      )}
    </div>
  );
}
