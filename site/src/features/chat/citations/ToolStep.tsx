import { useEffect } from "react";

import type { ToolDetail, ToolUseBlock } from "@/api/types";
import { getLanguage, t as texts, useLanguage, useT, type Language, type Messages } from "@/i18n";
import { announce } from "@/lib/announcer";
import { unitOf } from "@/lib/files/kinds";
import { placeText } from "@/lib/locator";

/** A look into files between what Claude writes: quiet, with a sign of life while it runs. */
export function ToolStep({ block, isRunning }: { block: ToolUseBlock; isRunning: boolean }) {
  const t = useT();
  const language = useLanguage();
  useEffect(() => {
    if (isRunning) announce(toolText(texts(), getLanguage(), block, true));
  }, [isRunning, block]);
  return (
    <p className="flex items-center gap-2 text-sm wrap-anywhere text-muted" aria-busy={isRunning}>
      {isRunning && (
        <span className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-line border-t-accent" aria-hidden="true" />
      )}
      {toolText(t, language, block, isRunning)}
    </p>
  );
}

export function toolText(t: Messages, language: Language, { name, detail }: ToolUseBlock, isRunning: boolean): string {
  const files = filesText(t, language, detail);
  if (files !== null && name === "search_files") return searchText(t, files, detail, isRunning);
  if (files !== null && name === "read_pages") return readText(t, files, detail, isRunning);
  return isRunning ? t.chat.tool(name) : t.citations.usedTool(name);
}

function searchText(t: Messages, files: string, { query }: ToolDetail, isRunning: boolean): string {
  if (isRunning) return t.citations.searching(files);
  return query ? t.citations.searched(files, query) : t.citations.searchedFor(files);
}

function readText(t: Messages, files: string, { files: [file], first, last }: ToolDetail, isRunning: boolean): string {
  const { reading, readingIn, read, readIn } = t.citations;
  if (!first || !file) return (isRunning ? reading : read)(files);
  return (isRunning ? readingIn : readIn)(placeText(t, unitOf(file), first, last || first), files);
}

const MOST_NAMED_FILES = 3;

/** The files by name, or how many they are; null for none. */
function filesText(t: Messages, language: Language, { files = [] }: ToolDetail): string | null {
  if (files.length === 0) return null;
  if (files.length > MOST_NAMED_FILES) return t.citations.files(files.length);
  return new Intl.ListFormat(language, { type: "conjunction" }).format(files.map((file) => file.name));
}
