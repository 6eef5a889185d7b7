import { useEffect, useRef, useState } from "react";

import type { Message, MessageFile } from "@/api/types";
import { useT } from "@/i18n";
import { isOfInputMethod } from "@/lib/inputMethod";
import { useStore } from "@/lib/store";
import { Alert } from "@/ui/Alert";
import { Button, IconButton } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";

import { plainText } from "@/entities/answers/text";
import { useTooLong } from "../textSize";
import { useEditDraft, type EditDraft } from "../useEditDraft";
import { GrowingTextarea } from "./GrowingTextarea";
import { MessageFiles } from "./MessageFiles";
import { Versions, type VersionsProps } from "./Versions";

interface UserMessageProps {
  message: Message;
  versions: VersionsProps | null;
  canEdit: boolean;
  /** False: not taken. */
  onEdit: (message: Message, text: string, files: readonly MessageFile[]) => boolean;
}

export function UserMessage({ message, versions, canEdit, onEdit }: UserMessageProps) {
  const t = useT();
  const edit = useEditDraft(message);
  // What was being written when the page was left is gone on with, without taking the focus.
  const [isEditing, setEditing] = useState(() => edit.isBegun());
  const [wasOpened, setOpened] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    // Back to where the edit was begun, unless the focus went elsewhere by itself.
    if (wasEditing.current && !isEditing && document.activeElement === document.body) editButton.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  const text = plainText(message.content);
  const open = (): void => {
    setOpened(true);
    setEditing(true);
  };
  const close = (): void => {
    edit.clear();
    setEditing(false);
  };
  if (isEditing) {
    return (
      <EditForm
        conversationId={message.conversation_id}
        text={text}
        files={message.files}
        draft={edit}
        isFocused={wasOpened}
        onCancel={close}
        onSubmit={(edited, files) => {
          if (onEdit(message, edited, files)) close();
        }}
      />
    );
  }
  return (
    <article aria-label={t.chat.yourMessage} className="group flex flex-col items-end">
      <MessageFiles conversationId={message.conversation_id} files={message.files} className="mb-2 max-w-[85%] justify-end" />
      {/* What is seen when it is pointed at takes no line of its own: the answer stands close. */}
      <div className="flex w-full flex-col items-end [@media(hover:hover)]:flex-row-reverse">
        <UserBubble text={text} />
        <div className="mt-1 flex shrink-0 items-center gap-0.5 transition-opacity print:hidden [@media(hover:hover)]:mr-1.5 [@media(hover:hover)]:opacity-0 [@media(hover:hover)]:group-focus-within:opacity-100 [@media(hover:hover)]:group-hover:opacity-100">
          {versions && <Versions {...versions} />}
          <CopyButton text={text} label={t.chat.copyMessage} />
          {canEdit && (
            <IconButton ref={editButton} icon="pencil" size="small" label={t.chat.edit} onClick={open} />
          )}
        </div>
      </div>
    </article>
  );
}

export function UserBubble({ text }: { text: string }) {
  return (
    <div
      dir="auto"
      className="max-w-[85%] min-w-0 rounded-2xl rounded-br-md border border-transparent bg-bubble print:border-line px-4 py-2.5 leading-relaxed wrap-anywhere whitespace-pre-wrap"
    >
      {text}
    </div>
  );
}

interface EditFormProps {
  conversationId: string;
  text: string;
  /** They stay with the edited message unless they are taken out. */
  files: readonly MessageFile[];
  draft: EditDraft;
  isFocused: boolean;
  onCancel: () => void;
  onSubmit: (text: string, files: readonly MessageFile[]) => void;
}

function EditForm({ conversationId, text, files, draft, isFocused, onCancel, onSubmit }: EditFormProps) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [edited, setEdited] = useState(() => draft.text() || text);
  const removed = useStore(draft.removed);
  const kept = files.filter((file) => !removed.includes(file.file_id));
  const tooLong = useTooLong(edited.trim());
  const canSend = edited.trim() !== "" && tooLong === null;
  const submit = (): void => {
    if (canSend) onSubmit(edited.trim(), kept);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape leaves the edit.
    <form
      ref={form}
      aria-label={t.chat.editMessage}
      className="rounded-2xl border border-line bg-raised p-2.5 shadow-composer focus-within:border-line-strong"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isOfInputMethod(event.nativeEvent)) return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <MessageFiles
        conversationId={conversationId}
        files={kept}
        className="mb-2"
        onRemove={(file) => {
          draft.remove(file.file_id);
          form.current?.querySelector("textarea")?.focus();
        }}
      />
      <GrowingTextarea
        label={t.chat.editMessage}
        value={edited}
        onChange={(next) => {
          setEdited(next);
          draft.write(next === text ? "" : next);
        }}
        onSubmit={submit}
        isFocusedAtStart={isFocused}
      />
      {tooLong !== null && (
        <div className="mt-2">
          <Alert>{tooLong}</Alert>
        </div>
      )}
      <div className="mt-2 flex justify-end gap-2">
        <Button isSmall onClick={onCancel}>
          {t.app.cancel}
        </Button>
        <Button isSmall variant="primary" type="submit" disabled={!canSend}>
          {t.chat.editSend}
        </Button>
      </div>
    </form>
  );
}
