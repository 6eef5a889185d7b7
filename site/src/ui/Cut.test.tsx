import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { Cut } from "./Cut";

afterEach(() => void vi.restoreAllMocks());

const pointedAt = (text: string, { room, needed }: { room: number; needed: number }): HTMLElement => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(room);
  vi.spyOn(HTMLElement.prototype, "scrollWidth", "get").mockReturnValue(needed);
  render(<Cut>{text}</Cut>);
  const cut = screen.getByText(text);
  fireEvent.pointerEnter(cut);
  return cut;
};

it("tells all of what is cut", () => {
  expect(pointedAt("A very long title indeed", { room: 80, needed: 190 })).toHaveAttribute("title", "A very long title indeed");
});

it("tells nothing twice", () => {
  expect(pointedAt("Short", { room: 80, needed: 80 })).not.toHaveAttribute("title");
});
