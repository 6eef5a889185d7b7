import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { TwinDraft } from "@/api/types";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { useObjectUrl } from "@/lib/useObjectUrl";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";
import { showToast } from "@/ui/toasts";

import { putPhoto, removePhoto } from "../api/endpoints";
import { PhotoError, squarePhoto } from "../api/photo";
import { twinErrorText } from "../api/problems";
import { complain, useStep } from "../api/twins";
import { Card } from "./Card";
import { ChooseFile } from "./ChooseFile";

export function Photo({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts().persona;
  const put = useStep(draft.handle, putPhoto);
  const removal = useStep(draft.handle, removePhoto);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (file: File): Promise<void> => {
    setProblem(null);
    try {
      await put.mutateAsync(await squarePhoto(file));
      showToast({ text: twinTexts.now().persona.photoSaved, subject: "photo" });
    } catch (error) {
      setProblem(error instanceof PhotoError ? twinTexts.now().persona.photoErrors[error.problem] : twinErrorText(error));
    }
  };
  const remove = (): void =>
    removal.mutate(undefined, {
      onSuccess: () => showToast({ text: twinTexts.now().persona.photoRemoved, subject: "photo" }),
      onError: complain,
    });
  return (
    <Card title={texts.photo} lead={texts.photoHint}>
      <div className="flex flex-wrap items-center gap-4">
        <Shown url={draft.photo_url} />
        <ChooseFile label={texts.photoChoose} accept="image/jpeg,image/png,image/webp" isBusy={put.isPending} onFile={(file) => void choose(file)} />
        {draft.photo_url !== null && (
          <Button isSmall variant="quiet" disabled={removal.isPending} onClick={remove}>
            {texts.photoRemove}
          </Button>
        )}
      </div>
      {problem !== null && <Alert>{problem}</Alert>}
    </Card>
  );
}

/** Fetched, since the site's own policy lets images come from itself alone. */
function Shown({ url }: { url: string | null }) {
  const texts = useTwinTexts().persona;
  // Signed anew with each reading of the draft: the picture is the same while its path is.
  const path = url?.split("?")[0] ?? "";
  const { data } = useQuery({
    queryKey: ["twin-photo", path],
    queryFn: async ({ signal }) => {
      const response = await fetch(url ?? "", { signal });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return response.blob();
    },
    enabled: url !== null,
    staleTime: Infinity,
    retry: false,
  });
  const shown = useObjectUrl(url === null ? null : (data ?? null));
  if (shown !== null) return <img src={shown} alt={texts.photo} className="size-20 rounded-full object-cover" />;
  return (
    <span className="grid size-20 place-items-center rounded-full bg-hover text-muted">
      <Icon name="twin" size={32} />
    </span>
  );
}
