import { useState } from "react";

import { useFileImage } from "@/entities/files/image";
import { useT } from "@/i18n";
import { useObjectUrl } from "@/lib/useObjectUrl";
import type { ViewerTarget } from "@/lib/viewer";
import { Skeleton } from "@/ui/Skeleton";

import { Notice } from "./Notice";

export function SourceImage({ target, onDownload }: { target: ViewerTarget; onDownload: () => void }) {
  const t = useT();
  const image = useFileImage(target.file_id);
  const url = useObjectUrl(image.data ?? null);
  const [isBroken, setBroken] = useState(false);
  if (image.error || isBroken) return <Notice onDownload={onDownload}>{t.citations.viewer.imageFailed}</Notice>;
  if (url === null) return <Skeleton className="h-64 w-full" />;
  return <img src={url} alt={target.name} className="mx-auto max-w-full rounded-lg" onError={() => setBroken(true)} />;
}
