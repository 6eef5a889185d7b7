/** Writing a comment or a reply: under one's own name, with the draft kept until it is published. */
import { useEffect, useId, useRef, useState, type Ref } from "react";

import { useCommentTexts } from "@/i18n/comments";
import { announce } from "@/lib/announcer";
import { storage } from "@/lib/storage";
import { NameForm } from "@/ui/NameForm";
import { Field } from "@/ui/Field";
import { showError } from "@/entities/errors/showError";

import { commentErrorText } from "../problems";
import { useCommentActions, useMe, useRename } from "../useComments";
import { Name } from "./Byline";
import { TextForm } from "./TextForm";
import { useWriter } from "./context";

interface CommentFormProps {
  /** null: not a reply. */
  replyTo: { id: string; name: string } | null;
  onDone?: () => void;
}

export function CommentForm({ replyTo, onDone }: CommentFormProps) {
  const { sectionId, userId, limits } = useWriter();
  const texts = useCommentTexts();
  const { post } = useCommentActions(sectionId, userId);
  const rename = useRename(userId);
  const me = useMe(userId);
  const draft = useDraft(`draft.${userId}.comment.${sectionId}.${replyTo?.id ?? ""}`);
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const openedAt = useRef(0);
  const trap = useRef<HTMLInputElement>(null);
  useEffect(() => void (openedAt.current = performance.now()), []);
  /** What they are called until they choose a name; null: they have chosen one. */
  const guestName = me.data?.is_name_chosen === false ? me.data.display_name : null;
  const publish = async (text: string): Promise<void> => {
    if (guestName !== null && name.trim() !== "") await rename.mutateAsync(name.trim());
    await post.mutateAsync({
      sectionId,
      text,
      request_id: requestId,
      ...(replyTo && { reply_to: replyTo.id }),
      website: trap.current?.value ?? "",
      elapsed_ms: Math.round(performance.now() - openedAt.current),
    });
    // The next one is another comment; one that failed stays the same however often it is sent.
    setRequestId(crypto.randomUUID());
    draft.set("");
    onDone?.();
  };
  return (
    <div className="relative space-y-2">
      {me.data?.is_name_chosen && <OwnName name={me.data.display_name} />}
      <TextForm
        label={replyTo ? texts.replyTo(replyTo.name) : texts.box}
        placeholder={replyTo ? texts.placeholderReply : texts.placeholder}
        submitLabel={texts.publish}
        busyLabel={texts.publishing}
        text={draft.text}
        limit={limits.comment_characters}
        isFocused={replyTo !== null}
        onText={draft.set}
        onSubmit={publish}
        {...(onDone && { onCancel: onDone })}
      >
        <Trap ref={trap} />
        {guestName !== null && (
          <Field
            label={texts.name}
            hint={texts.nameHint(guestName)}
            autoComplete="nickname"
            maxLength={limits.name_characters}
            value={name}
            onValue={setName}
          />
        )}
      </TextForm>
    </div>
  );
}

/** Nobody sees or reaches it; programs that fill in every field do. */
function Trap({ ref }: { ref: Ref<HTMLInputElement> }) {
  const texts = useCommentTexts();
  return (
    <div aria-hidden="true" className="absolute -left-[200vw] size-px overflow-hidden">
      <input ref={ref} type="text" name="website" aria-label={texts.nameLeave} tabIndex={-1} autoComplete="off" defaultValue="" />
    </div>
  );
}

function OwnName({ name }: { name: string }) {
  const texts = useCommentTexts();
  const { userId, limits } = useWriter();
  const rename = useRename(userId);
  const id = useId();
  const [isChanged, setChanged] = useState(false);
  if (isChanged) {
    return (
      <NameForm
        label={texts.name}
        name={name}
        maxLength={limits.name_characters}
        onSave={(chosen) =>
          rename.mutate(chosen, {
            onSuccess: () => announce(texts.nameSaved),
            onError: (error) => showError(commentErrorText(error), error),
          })
        }
        onClose={() => setChanged(false)}
      />
    );
  }
  return (
    <p className="text-sm text-muted">
      <span id={id}>{texts.nameLead}</span>{" "}
      <button type="button" aria-describedby={id} title={texts.nameChange} className="rounded text-ink underline decoration-dotted underline-offset-4" onClick={() => setChanged(true)}>
        <Name>{name}</Name>
        <span className="sr-only"> {texts.nameChange}</span>
      </button>
    </p>
  );
}

/** What is being written, kept across reloads and sign-ins; `forgetDrafts` drops it. */
function useDraft(key: string) {
  const [text, setText] = useState(() => storage.get(key) ?? "");
  return {
    text,
    set: (next: string): void => {
      setText(next);
      if (next === "") storage.remove(key);
      else storage.set(key, next);
    },
  };
}
