import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";

import { ApiError, NetworkError, SessionExpiredError } from "@/api/client";
import { clearToasts, Toasts } from "@/ui/toasts";

import { showError } from "./showError";

afterEach(() => act(clearToasts));

const shown = (error: unknown): void => {
  render(<Toasts />);
  act(() => showError("It did not work.", error));
};

it.each([
  [new ApiError(503, "unavailable", "", { request_id: "req-api-1" }), "req-api-1", "503 unavailable"],
  [new NetworkError("", { requestId: "req-net-2" }), "req-net-2", "network"],
])("reports the request that failed", async (error, requestId, code) => {
  const person = userEvent.setup();
  shown(error);
  expect(screen.getByRole("alert")).toHaveTextContent("It did not work.");
  await person.click(screen.getByRole("button", { name: "Report a problem" }));
  const report = await navigator.clipboard.readText();
  expect(report).toContain(`request: ${requestId}`);
  expect(report).toContain(`code: ${code}`);
  expect(await screen.findByText(/report was copied/)).toBeInTheDocument();
});

it("asks nobody to report that a session has ended", () => {
  shown(new SessionExpiredError());
  expect(screen.getByRole("alert")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Report a problem" })).toBeNull();
});
