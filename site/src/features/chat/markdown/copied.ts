/** What is copied of an answer with formulas: their sources, and not the hundred pieces that each is drawn of. */
import type { ClipboardEvent } from "react";

const COPYING = "copying-formulas";

export function copySources(event: ClipboardEvent<HTMLElement>): void {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0 || !event.currentTarget.querySelector(".formula-source")) return;
  const holder = document.createElement("div");
  holder.append(selection.getRangeAt(0).cloneContents());
  for (const drawn of holder.querySelectorAll(".formula-drawn")) drawn.remove();
  // The browser knows best what text a selection is, once what is drawn is out of its sight.
  document.documentElement.classList.add(COPYING);
  const text = selection.toString();
  document.documentElement.classList.remove(COPYING);
  event.clipboardData.setData("text/plain", text);
  event.clipboardData.setData("text/html", holder.innerHTML);
  event.preventDefault();
}
