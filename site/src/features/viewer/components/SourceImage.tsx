import { useEffect, useState } from "react";

import { useT } from "@/i18n";
import type { ViewerTarget } from "@/lib/viewer";
import { Skeleton } from "@/ui/Skeleton";

import { useSourceImage } from "../api/source";
import { Notice } from "./Notice";

export function SourceImage({ target, onDownload }: { target: ViewerTarget; onDownload: () => void }) {
  const t = useT();
  const image = useSourceImage(target.file_id);
  const url = useObjectUrl(image.data ?? null);
  const [isBroken, setBroken] = useState(false);
  if (image.error || isBroken) return <Notice onDownload={onDownload}>{t.citations.viewer.imageFailed}</Notice>;
  if (url === null) return <Skeleton className="h-64 w-full" />;
  return <img src={url} alt={target.name} className="mx-auto max-w-full rounded-lg" onError={() => setBroken(true)} />;
}

/** An address for what this page holds, for as long as it is shown. */
function useObjectUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    // It lives exactly as long as this effect.
    // oxlint-disable-next-line react/set-state-in-effect
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url;
}
