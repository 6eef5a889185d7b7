/** Whether a message is within what the API takes: told before it is sent, as it is written. */
import { useLanguage, useT, type Language, type Messages } from "@/i18n";
import type { Limits } from "@/lib/config";
import { formatBytes, formatCount } from "@/lib/format";
import { useLimits } from "@/lib/limits";

/** Why a text is too long; null: it is not. */
export function useTooLong(text: string): string | null {
  const t = useT();
  const language = useLanguage();
  return tooLongText({ t, language }, useLimits(), text);
}

function tooLongText({ t, language }: { t: Messages; language: Language }, limits: Limits, text: string): string | null {
  const { text_characters: characters, text_bytes: bytes } = limits;
  // Texts that are short enough need no exact count: a unit of UTF-16 is three bytes of UTF-8 at most.
  const excess = text.length <= characters ? 0 : [...text].length - characters;
  if (excess > 0) return t.chat.tooLong(formatCount(language, excess));
  const size = text.length * 3 <= bytes ? 0 : new TextEncoder().encode(text).length;
  return size > bytes ? t.chat.tooLarge(formatBytes(language, size), formatBytes(language, bytes)) : null;
}
