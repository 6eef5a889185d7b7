/** What the owner says themselves: notes, and places on the web. */
import { useState, type SyntheticEvent } from "react";

import type { NewTwinSource } from "@/api/types";
import { useT } from "@/i18n";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { TextArea } from "@/ui/TextArea";
import { showToast } from "@/ui/toasts";

import { addSource } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { useStep } from "../api/twins";
import { Card } from "./Card";

/** Sends what was typed, and tells whether it may be emptied. */
function useAdd(handle: string) {
  const step = useStep(handle, addSource);
  const add = (event: SyntheticEvent, source: NewTwinSource, onAdded: () => void): void => {
    event.preventDefault();
    if (step.isPending) return;
    step.mutate(source, {
      onSuccess: ({ name }) => {
        onAdded();
        showToast({ text: twinTexts.now().sources.added(name) });
      },
    });
  };
  return { add, isPending: step.isPending, error: step.error };
}

function Send({ label, isPending, error, isRefused }: { label: string; isPending: boolean; error: Error | null; isRefused: boolean }) {
  const t = useT();
  return (
    <>
      {error && <Alert>{twinErrorText(error)}</Alert>}
      <Button type="submit" isSmall disabled={isPending || isRefused}>
        {isPending ? t.app.loading : label}
      </Button>
    </>
  );
}

export function AddNote({ handle }: { handle: string }) {
  const texts = useTwinTexts().sources;
  const { add, isPending, error } = useAdd(handle);
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const empty = (): void => {
    setTitle("");
    setText("");
  };
  return (
    <Card title={texts.note} lead={texts.noteLead}>
      <form className="space-y-3" onSubmit={(event) => add(event, { kind: "note", title: title.trim(), text: text.trim() }, empty)}>
        <Field label={texts.noteTitle} maxLength={200} autoComplete="off" value={title} onValue={setTitle} />
        <TextArea label={texts.noteText} maxLength={8_000} value={text} onValue={setText} />
        <Send label={texts.noteAdd} isPending={isPending} error={error} isRefused={title.trim() === "" || text.trim() === ""} />
      </form>
    </Card>
  );
}

export function AddLink({ handle }: { handle: string }) {
  const texts = useTwinTexts().sources;
  const { add, isPending, error } = useAdd(handle);
  const [label, setLabel] = useState("");
  const [url, setUrl] = useState("");
  const empty = (): void => {
    setLabel("");
    setUrl("");
  };
  return (
    <Card title={texts.link} lead={texts.linkLead}>
      <form className="space-y-3" onSubmit={(event) => add(event, { kind: "link", label: label.trim(), url: url.trim() }, empty)}>
        <div className="grid gap-3 wide:grid-cols-2">
          <Field label={texts.linkLabel} maxLength={100} autoComplete="off" value={label} onValue={setLabel} />
          <Field label={texts.linkUrl} type="url" maxLength={1_000} placeholder="https://" autoComplete="off" value={url} onValue={setUrl} />
        </div>
        <Send label={texts.linkAdd} isPending={isPending} error={error} isRefused={label.trim() === "" || url.trim() === ""} />
      </form>
    </Card>
  );
}
