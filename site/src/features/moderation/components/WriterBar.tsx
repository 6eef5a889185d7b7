import { useState } from "react";

import { Name } from "@/entities/comments/ui/Byline";
import { useLanguage } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { formatDate } from "@/lib/format";
import { Button } from "@/ui/Button";

import { isScript, useModeration, useWriterOf } from "../api/moderation";
import { BanDialog } from "./BanDialog";

export interface Writer {
  userId: string;
  name: string;
}

/** Whose comments are shown, and whether they may write. */
export function WriterBar({ writer, onClose }: { writer: Writer; onClose: () => void }) {
  const texts = useCommentTexts().moderation;
  const language = useLanguage();
  const { data: person } = useWriterOf(writer.userId);
  const { setBan } = useModeration();
  const [isAsked, setAsked] = useState(false);
  const banned = person?.comments_banned_at ?? null;
  return (
    <section aria-label={texts.ofPerson(writer.name)} className="flex flex-wrap items-center gap-2 rounded-xl border border-line bg-raised p-3 text-sm">
      <div className="min-w-0 flex-1 basis-48">
        <p>
          <Name>{writer.name}</Name>
        </p>
        <p className="wrap-anywhere text-muted">{isScript(writer.userId) ? texts.ofScript : (person?.email ?? "")}</p>
        {banned !== null && <p className="text-danger">{texts.bannedSince(formatDate(language, banned))}</p>}
      </div>
      {person && !person.is_me && banned === null && (
        <Button isSmall variant="danger" onClick={() => setAsked(true)}>
          {texts.ban}
        </Button>
      )}
      {banned !== null && (
        <Button isSmall onClick={() => setBan(writer.userId, writer.name, false)}>
          {texts.lift}
        </Button>
      )}
      <Button isSmall variant="quiet" onClick={onClose}>
        {texts.everybody}
      </Button>
      {isAsked && <BanDialog writer={writer} onClose={() => setAsked(false)} />}
    </section>
  );
}
