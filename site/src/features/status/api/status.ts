/** How the stage does, as the API tells owners. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useApi } from "@/api/context";
import type { StageStatus } from "@/api/types";

/** The API looks anew once a minute at most. */
const AGAIN_MS = 60_000;

export function useStatus() {
  const api = useApi();
  return useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => api.get<StageStatus>("/status", { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
  });
}
