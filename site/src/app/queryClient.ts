import { QueryClient } from "@tanstack/react-query";

import { NetworkError } from "@/api/client";
import { ApiError } from "@/api/client";

const MAX_RETRIES = 3;

/** Whether reading again may help: nothing came, or the server failed. */
const mayHelp = (error: Error): boolean =>
  error instanceof NetworkError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 30 * 60_000,
        retry: (failures, error) => failures < MAX_RETRIES && mayHelp(error),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
