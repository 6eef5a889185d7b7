import { useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

import { useModeration } from "../api/moderation";
import type { Writer } from "./WriterBar";

/** What a ban does, before it is done. */
export function BanDialog({ writer, onClose }: { writer: Writer; onClose: () => void }) {
  const t = useT();
  const texts = useCommentTexts().moderation;
  const { setBan } = useModeration();
  return (
    <Dialog title={texts.banQuestion(writer.name)} lead={texts.banLead} onClose={onClose}>
      <div className="flex flex-wrap justify-end gap-2">
        <Button isSmall onClick={onClose}>
          {t.app.cancel}
        </Button>
        <Button
          isSmall
          variant="danger"
          onClick={() => {
            setBan(writer.userId, writer.name, true);
            onClose();
          }}
        >
          {texts.banConfirm}
        </Button>
      </div>
    </Dialog>
  );
}
