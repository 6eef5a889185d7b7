/** The model for new conversations, chosen here before. */
import type { Model } from "@/api/types";
import { storage } from "@/lib/storage";
import { createStore, useStore } from "@/lib/store";

const STORAGE_KEY = "model";

const choice = createStore(storage.get(STORAGE_KEY));

export function chooseNewChatModel(id: string): void {
  storage.set(STORAGE_KEY, id);
  choice.set(id);
}

/** The chosen model's id while it is on offer; null: the server's default. */
export function useNewChatModel(models: readonly Model[]): string | null {
  const chosen = useStore(choice);
  return models.some((model) => model.id === chosen) ? chosen : null;
}
