/** The twin's element on a page of jsdom's, as a visitor uses it. */
import { waitFor } from "@testing-library/dom";
import { expect, vi } from "vitest";

import type { ChatappTwin } from "@/twin-element/element";

import { FakeTwin } from "./fakeTwin";

/** What jsdom lacks; how it looks is seen in the end-to-end tests. */
class Sheet {
  replaceSync(): void {}
}

/** Whether the screen is a phone's. */
export const screen = { isNarrow: false };

function stubBrowser(): void {
  vi.stubGlobal("CSSStyleSheet", Sheet);
  vi.stubGlobal("matchMedia", (media: string) => ({ matches: screen.isNarrow, media }));
  Object.assign(HTMLDialogElement.prototype, {
    show(this: HTMLDialogElement) {
      this.open = true;
    },
    showModal(this: HTMLDialogElement) {
      this.open = true;
      this.dataset["modal"] = "";
    },
    close(this: HTMLDialogElement) {
      this.open = false;
    },
  });
}

export function place(attributes = 'handle="me"', around = ""): ChatappTwin {
  document.body.innerHTML = `<main lang="en">${around}<button id="before">Before</button><chatapp-twin ${attributes}></chatapp-twin></main>`;
  return document.querySelector("chatapp-twin") as ChatappTwin;
}

export const shadow = (twin: ChatappTwin): ShadowRoot => twin.shadowRoot as ShadowRoot;
export const all = (twin: ChatappTwin, part: string): HTMLElement[] => [...shadow(twin).querySelectorAll<HTMLElement>(`[part="${part}"]`)];
export const one = (twin: ChatappTwin, part: string): HTMLElement => all(twin, part)[0] as HTMLElement;
export const texts = (twin: ChatappTwin, part: string): (string | null)[] => all(twin, part).map((found) => found.textContent);
export const dialog = (twin: ChatappTwin): HTMLDialogElement => shadow(twin).querySelector("dialog") as HTMLDialogElement;
export const box = (twin: ChatappTwin): HTMLTextAreaElement => one(twin, "box") as HTMLTextAreaElement;

export async function opened(twin = place()): Promise<ChatappTwin> {
  twin.open();
  await waitFor(() => expect(box(twin)).toBeTruthy());
  return twin;
}

export function write(twin: ChatappTwin, text: string): void {
  box(twin).value = text;
  box(twin).dispatchEvent(new Event("input", { bubbles: true }));
  one(twin, "send").click();
}

export const answered = (twin: ChatappTwin, count = 1) =>
  waitFor(
    () => expect(all(twin, "answer").filter((found) => found.getAttribute("aria-busy") === "false")).toHaveLength(count),
    { timeout: 5_000 },
  );

/** A browser in which the element is defined, with a server of its own. */
export async function openBrowser(): Promise<FakeTwin> {
  screen.isNarrow = false;
  const server = new FakeTwin();
  stubBrowser();
  vi.stubGlobal("fetch", server.fetch);
  await import("@/twin-element/main");
  return server;
}

export function closeBrowser(): void {
  document.body.replaceChildren();
  sessionStorage.clear();
  localStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
}
