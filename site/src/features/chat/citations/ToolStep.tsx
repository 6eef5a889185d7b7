import { useEffect } from "react";

import type { ToolDetail, ToolUseBlock } from "@/api/types";
import { getLanguage, t as texts, useLanguage, useT, type Language, type Messages } from "@/i18n";
import { announce } from "@/lib/announcer";
import { namesText } from "@/entities/files/fileText";
import { unitOf } from "@/entities/files/kinds";
import { placeText } from "@/entities/files/locator";

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
  const { files = [] } = detail;
  const names = namesText({ t, language }, files.map((file) => file.name));
  if (files.length > 0 && name === "search_files") return searchText(t, names, detail, isRunning);
  if (files.length > 0 && name === "read_pages") return readText(t, names, detail, isRunning);
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
