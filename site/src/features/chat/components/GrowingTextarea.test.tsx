import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { TextForm } from "@/entities/comments/ui/TextForm";
import { isOfInputMethod } from "@/lib/inputMethod";
import { NameForm } from "@/ui/NameForm";

import { GrowingTextarea } from "./GrowingTextarea";

/** As browsers tell of the key that confirms a word: Chromium within the composition, Safari just after it. */
const CONFIRMING = [
  ["Chromium", { isComposing: true, keyCode: 229 }],
  ["Firefox", { isComposing: true, keyCode: 13 }],
  ["Safari", { isComposing: false, keyCode: 229 }],
] as const;

it.each(CONFIRMING)("in %s, Enter that confirms a word sends nothing, and the next one does", (_browser, key) => {
  const onSubmit = vi.fn<() => void>();
  render(<GrowingTextarea label="Box" value="日本" onChange={() => undefined} onSubmit={onSubmit} />);
  const box = screen.getByRole("textbox");
  fireEvent.compositionStart(box);
  fireEvent.compositionEnd(box, { data: "日本" });
  fireEvent.keyDown(box, { key: "Enter", ...key });
  expect(onSubmit).not.toHaveBeenCalled();
  fireEvent.keyDown(box, { key: "Enter", keyCode: 13 });
  expect(onSubmit).toHaveBeenCalledOnce();
});

it.each(CONFIRMING)("in %s, Escape that leaves a word does not leave the field", (_browser, key) => {
  const onClose = vi.fn<() => void>();
  render(<NameForm label="Name" name="Rome" onSave={() => undefined} onClose={onClose} />);
  fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape", ...key });
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape", keyCode: 27 });
  expect(onClose).toHaveBeenCalledOnce();
});

it.each(CONFIRMING)("in %s, neither key sends or leaves a comment", (_browser, key) => {
  const [onSubmit, onCancel] = [vi.fn<() => Promise<void>>(async () => undefined), vi.fn<() => void>()];
  render(<TextForm label="Comment" submitLabel="Send" text="日本" limit={9} onText={() => undefined} onSubmit={onSubmit} onCancel={onCancel} />);
  const box = screen.getByRole("textbox");
  fireEvent.keyDown(box, { key: "Escape", ...key });
  fireEvent.keyDown(box, { key: "Enter", ctrlKey: true, ...key });
  expect([onSubmit, onCancel].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  fireEvent.keyDown(box, { key: "Escape", keyCode: 27 });
  expect(onCancel).toHaveBeenCalledOnce();
});

it("knows a key of nobody's input method", () => {
  expect(isOfInputMethod({ isComposing: false, keyCode: 13 })).toBe(false);
  expect(isOfInputMethod({})).toBe(false);
});
