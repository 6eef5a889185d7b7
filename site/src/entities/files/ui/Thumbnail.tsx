/** A picture, small: read when it comes into view, and then once for all that shows it. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type RefObject } from "react";

import { useObjectUrl } from "@/lib/useObjectUrl";
import { Icon } from "@/ui/icons";

import { sourceImageKey } from "../endpoints";
import { useFileImage } from "../image";

interface ThumbnailProps {
  name: string;
  /** null: the server does not have it yet. */
  fileId: string | null;
  /** What this page holds of it, so that nothing has to be read; null: nothing. */
  source?: Blob | null;
}

export function Thumbnail({ name, fileId, source = null }: ThumbnailProps) {
  const place = useRef<HTMLSpanElement>(null);
  const isSeen = useSeen(place);
  const [isBroken, setBroken] = useState(false);
  const read = useFileImage(fileId ?? "", isSeen && fileId !== null && source === null);
  useHeldFor(fileId, source);
  const url = useObjectUrl(source ?? read.data ?? null);
  return (
    <span ref={place} className="grid size-16 shrink-0 place-items-center overflow-hidden rounded-lg bg-hover text-accent">
      {url === null || isBroken ? (
        <Icon name="image" size={24} />
      ) : (
        <img src={url} alt={name} className="size-full object-cover" onError={() => setBroken(true)} />
      )}
    </span>
  );
}

/** Whether it was in view once. */
function useSeen(place: RefObject<Element | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || isSeen) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: "200px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, isSeen]);
  return isSeen;
}

/** The message that takes the file along has not to read what was just sent. */
function useHeldFor(fileId: string | null, source: Blob | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (fileId !== null && source !== null) client.setQueryData<Blob>(sourceImageKey(fileId), (held) => held ?? source);
  }, [client, fileId, source]);
}
