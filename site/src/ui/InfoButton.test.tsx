import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { InfoButton } from "./InfoButton";

const person = userEvent.setup();
const behind = vi.fn<(event: KeyboardEvent) => void>();

beforeEach(() => {
  behind.mockClear();
  render(
    <>
      <InfoButton label="Cost">0.01 $</InfoButton>
      <button type="button">Elsewhere</button>
    </>,
  );
});

const info = () => screen.getByRole("button", { name: "Cost" });

it("tells by the keyboard alone, and Escape does nothing else", async () => {
  document.addEventListener("keydown", behind);
  await person.tab();
  expect(info()).toHaveFocus();
  expect(screen.queryByText("0.01 $")).toBeNull();
  await person.keyboard("{Enter}");
  expect(screen.getByRole("group", { name: "Cost" })).toHaveTextContent("0.01 $");
  expect(info()).toHaveAttribute("aria-expanded", "true");
  behind.mockClear();
  await person.keyboard("{Escape}");
  expect(screen.queryByText("0.01 $")).toBeNull();
  expect(behind.mock.calls.every(([event]) => event.defaultPrevented)).toBe(true);
  document.removeEventListener("keydown", behind);
});

it("goes when the focus goes on, or elsewhere is pressed", async () => {
  await person.click(info());
  expect(screen.getByText("0.01 $")).toBeInTheDocument();
  await person.click(screen.getByText("0.01 $"));
  expect(screen.getByText("0.01 $")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Elsewhere" }));
  expect(screen.queryByText("0.01 $")).toBeNull();
});
