import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { FakeApi } from "@/test/fakeApi";
import { conversation } from "@/test/records";

import { openApp } from "./openApp";

let api: FakeApi;
let person: ReturnType<typeof userEvent.setup>;

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const pdf = (name: string) => new File(["%PDF-1.7"], name, { type: "application/pdf" });

/** What a screen reader is told by a live region. */
function spoken(region: HTMLElement): string {
  const heard = region.cloneNode(true) as HTMLElement;
  for (const hidden of heard.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  return heard.textContent;
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  person = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });
  api = new FakeApi();
  api.install();
  api.conversations.set("c1", conversation());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("a message that waits for its files is heard of once, and seen to wait for fewer and fewer", async () => {
  openApp("/c/c1");
  const box = await screen.findByRole("textbox", { name: "Message to Claude" });
  await person.upload(document.querySelector("input[type=file]") as HTMLInputElement, [pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf")]);
  await pass(50);
  await person.type(box, "Compare them{Enter}");
  const region = (await screen.findByText(/waits until 3 files are read/)).closest("[role=status]") as HTMLElement;
  const before = spoken(region);
  expect(before).toContain("until its files are read");
  act(() => api.files.uploads[0]?.end(204));
  api.files.put({ file_id: "f1", status: "ready" });
  await pass(6_000);
  expect(region).toHaveTextContent("waits until 2 files are read");
  expect(spoken(region)).toBe(before);
});
