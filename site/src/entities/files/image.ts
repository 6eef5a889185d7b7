/** A picture itself: read once for all that shows it. Fetched, since the page may only show images that it holds. */
import { useQuery } from "@tanstack/react-query";

import { useApi } from "@/api/context";

import { filePath, sourceImageKey } from "./endpoints";

/** How long it is kept once nothing shows it. */
const KEPT_MS = 60_000;

/** isWanted: false reads nothing, and has what was read before. */
export function useFileImage(fileId: string, isWanted = true) {
  const api = useApi();
  return useQuery({
    queryKey: sourceImageKey(fileId),
    queryFn: async ({ signal }) => {
      const { url } = await api.get<{ url: string }>(`${filePath(fileId)}/content`, { signal });
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`The image answered HTTP ${response.status}.`);
      return response.blob();
    },
    enabled: isWanted,
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
  });
}
