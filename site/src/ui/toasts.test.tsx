import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { clearToasts, showToast, Toasts } from "./toasts";

beforeEach(() => {
  vi.useFakeTimers();
  render(
    <>
      <button type="button">Before</button>
      <button type="button">Elsewhere</button>
      <Toasts />
    </>,
  );
  act(() => showToast({ text: "Moved.", durationMs: 5_000 }));
});

afterEach(() => {
  act(clearToasts);
  vi.useRealTimers();
});

const button = (name: string) => screen.getByRole("button", { name });
const focus = (name: string) => act(() => button(name).focus());

it("gives the focus back to where it was before a look into another window", () => {
  focus("Before");
  focus("Dismiss");
  fireEvent.focusIn(button("Dismiss"), { relatedTarget: null });
  fireEvent.click(button("Dismiss"));
  expect(button("Before")).toHaveFocus();
});

it("gives the focus back when its time is over", () => {
  focus("Before");
  focus("Dismiss");
  act(() => vi.advanceTimersByTime(5_000));
  expect(screen.queryByText("Moved.")).toBeNull();
  expect(button("Before")).toHaveFocus();
});

it("leaves the focus alone that has gone on when its time is over", () => {
  focus("Before");
  focus("Dismiss");
  focus("Elsewhere");
  act(() => vi.advanceTimersByTime(5_000));
  expect(screen.queryByText("Moved.")).toBeNull();
  expect(button("Elsewhere")).toHaveFocus();
});

it("takes the place of a notice of the same subject", () => {
  act(() => showToast({ text: "Taken out.", subject: "a" }));
  act(() => showToast({ text: "Another.", subject: "b" }));
  act(() => showToast({ text: "Put back.", subject: "a" }));
  expect(screen.getAllByRole("status").map((notice) => notice.textContent)).toEqual(["Moved.", "Another.", "Put back."]);
});
