/** What a person does with a file of the list: shown at once, and taken back when the server refuses. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useApi } from "@/api/context";
import type { File as StoredFile } from "@/api/types";
import { t } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { downloadFile } from "@/entities/files/download";
import { conversationFilesKeys } from "@/entities/files/endpoints";
import { announce } from "@/lib/announcer";
import { shortName } from "@/lib/format";
import { useLimits } from "@/lib/limits";
import { showToast } from "@/ui/toasts";

import { changeFile, deleteFile, listsKey, readAgain, removeFile, renameFile, restoreFile } from "./files";

export function useFileActions() {
  const api = useApi();
  const client = useQueryClient();
  const undoMs = useLimits().undo_s * 1_000;
  const reread = (): void => {
    void client.invalidateQueries({ queryKey: listsKey });
    void client.invalidateQueries({ queryKey: conversationFilesKeys });
  };
  /** What is being read was answered before what is done now, and would undo it on the page. */
  const stopReading = (): Promise<unknown> =>
    Promise.all([listsKey, conversationFilesKeys].map((queryKey) => client.cancelQueries({ queryKey })));
  const showName = ({ file_id: id, name }: StoredFile): void => {
    changeFile(client, id, (held) => ({ ...held, name }));
  };
  const complain = (error: unknown): void => {
    showError(errorText(t(), error), error);
    reread();
  };

  const rename = useMutation({
    mutationFn: ({ file, name }: { file: StoredFile; name: string }) => renameFile(api, file.file_id, name),
    onMutate: async ({ file, name }) => {
      await stopReading();
      showName({ ...file, name });
    },
    onSuccess: showName,
    onError: complain,
  });

  const undo = useMutation({
    mutationFn: (file: StoredFile) => restoreFile(api, file.file_id),
    onSuccess: () => {
      reread();
      showToast({ text: t().files.page.undone });
    },
    onError: (error) => showError(t().files.page.undoFailed, error),
  });

  const remove = useMutation({
    mutationFn: (file: StoredFile) => deleteFile(api, file.file_id),
    onMutate: async (file) => {
      await stopReading();
      removeFile(client, file.file_id);
    },
    onSuccess: (_, file) => {
      reread();
      showToast({
        text: t().files.page.deleted(shortName(file.name)),
        durationMs: undoMs,
        action: { label: t().files.page.undo, run: () => undo.mutate(file) },
      });
    },
    onError: complain,
  });

  const download = useMutation({
    mutationFn: (file: StoredFile) => downloadFile(api, file.file_id),
    onError: (error) => showError(t().files.page.downloadFailed, error),
  });

  const again = useMutation({
    mutationFn: (file: StoredFile) => readAgain(api, file.file_id),
    onSuccess: (file) => {
      // One that had failed goes back to waiting, which no frame could tell.
      changeFile(client, file.file_id, (held) => ({ ...held, ...file }));
      announce(t().files.again.begun(file.name));
    },
    onError: complain,
  });

  return {
    readAgain: (file: StoredFile) => again.mutate(file),
    rename: (file: StoredFile, name: string) => rename.mutate({ file, name }),
    remove: (file: StoredFile) => remove.mutate(file),
    download: (file: StoredFile) => download.mutate(file),
  };
}
