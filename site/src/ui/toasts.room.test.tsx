import { act, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { clearToasts, showToast, ToastRoom, Toasts } from "./toasts";

let measured: () => void = () => undefined;

class Measuring {
  constructor(callback: () => void) {
    measured = callback;
  }
  observe(): void {}
  disconnect(): void {}
}

afterEach(() => {
  act(clearToasts);
  vi.unstubAllGlobals();
});

const room = (): string => document.documentElement.style.getPropertyValue("--toasts");

it("makes as much room as its notices take, and none once they are gone", () => {
  vi.stubGlobal("ResizeObserver", Measuring);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(88);
  const { unmount } = render(
    <>
      <ToastRoom />
      <Toasts />
    </>,
  );
  act(() => showToast({ text: "Deleted.", action: { label: "Undo", run: () => undefined } }));
  measured();
  expect(room()).toBe("88px");
  act(clearToasts);
  measured();
  expect(room()).toBe("0px");
  unmount();
  expect(room()).toBe("");
});
