/** Files that come by drag and drop, or by the clipboard. */
import { useEffect, useEffectEvent, useState } from "react";

import type { Refused } from "./uploads";

export interface Incoming {
  files: File[];
  /** Folders: their files have to be taken one by one. */
  refused: Refused[];
}

/** Whether files are being dragged over the window; what is dropped anywhere on it goes to `onDrop`. */
export function useFileDrop(onDrop: (incoming: Incoming) => void): boolean {
  const [isOver, setOver] = useState(false);
  const drop = useEffectEvent(onDrop);
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      // Otherwise the browser would leave the page for the file.
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      // Into nothing: out of the window.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDropped = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) drop(filesOf(event.dataTransfer));
    };
    window.addEventListener("dragenter", onDragOver);
    window.addEventListener("dragover", onDragOver);
    window.addEventListener("dragleave", onDragLeave);
    window.addEventListener("drop", onDropped);
    return () => {
      window.removeEventListener("dragenter", onDragOver);
      window.removeEventListener("dragover", onDragOver);
      window.removeEventListener("dragleave", onDragLeave);
      window.removeEventListener("drop", onDropped);
    };
  }, []);
  return isOver;
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

function filesOf(transfer: DataTransfer): Incoming {
  const incoming: Incoming = { files: [], refused: [] };
  for (const item of transfer.items) {
    const file = item.kind === "file" ? item.getAsFile() : null;
    if (!file) continue;
    if (item.webkitGetAsEntry?.()?.isDirectory) {
      incoming.refused.push({ name: file.name, problem: { code: "folder", message: "" } });
    } else {
      incoming.files.push(file);
    }
  }
  return incoming;
}

/** A longer text than this becomes a file. */
export const MAX_PASTED_CHARACTERS = 4_000;

/** What a paste is: files, a text that is long enough for a file, or nothing special. */
export function pastedOf(clipboard: DataTransfer): { files: File[] } | { text: string } | null {
  const text = clipboard.getData("text/plain");
  const files = [...clipboard.files];
  // Office programs put a picture of the text beside it: the text is meant.
  const isText = text !== "" && clipboard.types.includes("text/html");
  if (files.length > 0 && !isText) return { files };
  return text.length > MAX_PASTED_CHARACTERS ? { text } : null;
}
