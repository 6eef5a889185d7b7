import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { ProgressBar } from "./ProgressBar";

const bar = (value: number | null) => {
  render(<ProgressBar label="Progress" value={value} />);
  const whole = screen.getByRole("progressbar", { name: "Progress" });
  return { whole, part: whole.firstElementChild as HTMLElement };
};

it("moves a part of itself while nobody knows how far it is, and is never full then", () => {
  const { whole, part } = bar(null);
  expect(whole).not.toHaveAttribute("aria-valuenow");
  expect(part.className).toContain("animate-sweep");
  expect(part.className).toMatch(/\bw-2\/5\b/);
});

it.each([
  [0, "0%"],
  [0.33, "33%"],
  [1, "100%"],
  [1.2, "100%"],
])("is as far as it is: %d", (value, width) => {
  const { whole, part } = bar(value);
  expect(part.style.width).toBe(width);
  expect(whole).toHaveAttribute("aria-valuenow", width.slice(0, -1));
});
