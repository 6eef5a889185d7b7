import type { MessageFile } from "@/api/types";
import { useT } from "@/i18n";
import { useFileState } from "@/entities/files/conversationFiles";
import { FileChips } from "@/entities/files/ui/FileChips";

interface MessageFilesProps {
  conversationId: string;
  files: readonly MessageFile[];
  className?: string;
  onRemove?: (file: MessageFile) => void;
}

/** The files of a message, with what became of them in the conversation. */
export function MessageFiles({ conversationId, ...chips }: MessageFilesProps) {
  return chips.files.length > 0 && <NotedChips conversationId={conversationId} {...chips} />;
}

function NotedChips({ conversationId, ...chips }: MessageFilesProps) {
  const t = useT();
  const stateOf = useFileState(conversationId);
  const noteOf = ({ file_id: id }: MessageFile): string | null => {
    const state = stateOf(id);
    return state === "in" ? null : t.files.states[state];
  };
  return <FileChips {...chips} noteOf={noteOf} isGone={({ file_id: id }) => stateOf(id) === "deleted"} />;
}
