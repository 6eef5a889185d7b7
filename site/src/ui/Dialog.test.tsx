import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { Dialog } from "./Dialog";

const person = userEvent.setup();
const close = vi.fn<() => void>();

const question = (isBusy: boolean, problem: string | null = null) => (
  <Dialog title="Delete?" onClose={close}>
    <input aria-label="Address" />
    {problem !== null && <p role="alert">{problem}</p>}
    <button type="button" disabled={isBusy}>
      Delete
    </button>
  </Dialog>
);

/** As browsers do when what has the focus is disabled; jsdom does not, and lets nothing that is disabled lose it. */
const dropFocus = (): void => (document.activeElement as HTMLElement).blur();

describe("a dialog", () => {
  it("takes the focus back that a disabled button has dropped, once its answer is shown", () => {
    const { rerender } = render(question(false));
    rerender(question(true));
    dropFocus();
    expect(document.body).toHaveFocus();
    rerender(question(false, "This is the last owner."));
    expect(screen.getByRole("textbox", { name: "Address" })).toHaveFocus();
  });

  it("leaves the focus where it is in it", () => {
    const { rerender } = render(question(false));
    screen.getByRole("button", { name: "Delete" }).focus();
    rerender(question(false, "This is the last owner."));
    expect(screen.getByRole("button", { name: "Delete" })).toHaveFocus();
  });

  it.each([
    ["in it", () => screen.getByRole("textbox").focus()],
    ["nowhere", dropFocus],
  ])("closes by Escape, once, with the focus %s", async (_, focus) => {
    close.mockClear();
    const behind = vi.fn<(event: Event) => void>();
    window.addEventListener("keydown", behind);
    render(question(false));
    focus();
    await person.keyboard("{Escape}");
    expect(close).toHaveBeenCalledTimes(1);
    expect(behind, "nothing behind it takes the key").not.toHaveBeenCalled();
    window.removeEventListener("keydown", behind);
  });

  it.each([
    ["in it", () => screen.getByRole("textbox")],
    ["nowhere", () => document.body],
  ])("is not left by the Escape of an input method, with the focus %s", (_, target) => {
    close.mockClear();
    render(question(false));
    fireEvent.keyDown(target(), { key: "Escape", keyCode: 229 });
    expect(close).not.toHaveBeenCalled();
  });
});
