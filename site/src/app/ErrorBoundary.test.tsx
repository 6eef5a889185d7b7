import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { ErrorBoundary } from "./ErrorBoundary";

function Broken(): never {
  throw new TypeError("said MARKER");
}

it("offers to report a crash: where it was, and nothing of what it says", async () => {
  const person = userEvent.setup();
  vi.spyOn(console, "error").mockReturnValue();
  render(
    <ErrorBoundary>
      <Broken />
    </ErrorBoundary>,
  );
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Something went wrong");
  await person.click(screen.getByRole("button", { name: "Report a problem" }));
  const report = await navigator.clipboard.readText();
  expect(report).toContain("code: TypeError");
  expect(report).toMatch(/^at: ErrorBoundary\.test\.tsx:\d+:\d+$/m);
  expect(report).not.toContain("MARKER");
  expect(await screen.findByText(/report was copied/), "said although the page and its notices are gone").toBeInTheDocument();
});
