/** LinkedIn's archive: opened here, shown, and only then what is shown is sent. */
import { useState } from "react";

import { ApiError } from "@/api/client";
import type { TwinDraft } from "@/api/types";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { Alert } from "@/ui/Alert";
import { Asking } from "@/ui/Asking";
import { ProgressBar } from "@/ui/ProgressBar";
import { showToast } from "@/ui/toasts";

import { addSource } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { useStep } from "../api/twins";
import type { Archive } from "../linkedin/archive";
import { ArchiveReview } from "./ArchiveReview";
import { Card } from "./Card";
import { ChooseFile } from "./ChooseFile";

type State =
  | { phase: "none" }
  | { phase: "opening" }
  | { phase: "failed"; problem: string }
  | { phase: "found"; archive: Archive; problem: string | null }
  /** It is another person's, as the server says. */
  | { phase: "asked"; archive: Archive };

export function AddArchive({ draft }: { draft: TwinDraft }) {
  const texts = useTwinTexts();
  const add = useStep(draft.handle, addSource);
  const [state, setState] = useState<State>({ phase: "none" });
  const open = async (file: File): Promise<void> => {
    setState({ phase: "opening" });
    try {
      const { readArchive } = await import("../linkedin/archive");
      setState({ phase: "found", archive: await readArchive(file), problem: null });
    } catch (error) {
      setState({ phase: "failed", problem: twinErrorText(error) });
    }
  };
  const send = async (archive: Archive, isConfirmed: boolean): Promise<void> => {
    const files = Object.fromEntries(archive.files.map(({ file, rows }) => [file, rows]));
    const { name } = await add.mutateAsync({
      kind: "linkedin",
      owner_name: archive.ownerName,
      files,
      confirmed_name: isConfirmed,
    });
    setState({ phase: "none" });
    showToast({ text: twinTexts.now().sources.added(name) });
  };
  const sendFound = async (archive: Archive): Promise<void> => {
    try {
      await send(archive, false);
    } catch (error) {
      const isAnother = error instanceof ApiError && error.code === "another_person";
      setState(isAnother ? { phase: "asked", archive } : { phase: "found", archive, problem: twinErrorText(error) });
    }
  };
  const shown = state.phase === "found" || state.phase === "asked" ? state.archive : null;
  return (
    <Card title={texts.sources.archive} lead={texts.sources.archiveLead}>
      {state.phase === "opening" && <ProgressBar label={texts.sources.archiveOpening} value={null} />}
      {state.phase === "failed" && <Alert>{state.problem}</Alert>}
      {shown && (
        <ArchiveReview
          archive={shown}
          isBusy={add.isPending}
          problem={state.phase === "found" ? state.problem : null}
          onSend={() => void sendFound(shown)}
          onCancel={() => setState({ phase: "none" })}
        />
      )}
      {!shown && (
        <ChooseFile label={texts.sources.archiveAdd} accept=".zip,application/zip" isBusy={state.phase === "opening"} onFile={(file) => void open(file)} />
      )}
      {state.phase === "asked" && (
        <Asking
          errorText={twinErrorText}
          title={texts.archive.anotherTitle}
          lead={texts.archive.anotherLead(state.archive.ownerName || texts.archive.anotherUnnamed, draft.persona.name || draft.handle)}
          submitLabel={texts.archive.anotherSend}
          onSubmit={() => send(state.archive, true)}
          onClose={() => setState((now) => (now.phase === "asked" ? { phase: "found", archive: now.archive, problem: null } : now))}
        />
      )}
    </Card>
  );
}
