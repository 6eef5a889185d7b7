import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { Markdown } from "./Markdown";

it("tables are reached by the keyboard, told apart by their headings, and no landmarks", () => {
  render(<Markdown text={"| **Name** | `Size` |\n|---|---|\n| a | 1 |\n\nand\n\n| City | Day |\n|---|---|\n| b | 2 |\n\nand\n\n| | |\n|---|---|\n| c | 3 |"} isGrowing={false} />);
  expect(screen.queryByRole("region")).toBeNull();
  const names = ["Name Size", "City Day", "Table"];
  for (const name of names) expect(screen.getByRole("group", { name })).toHaveAttribute("tabindex", "0");
});
