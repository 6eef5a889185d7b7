import { expect, test } from "vitest";

import { ApiError, NetworkError } from "@/api/client";

import { problemOf, problemReport } from "./problemReport";

const AT = new Date("2026-11-29T07:00:00Z");

test("a report names the request and the code, and nothing that the server said", () => {
  const error = new ApiError(503, "unavailable", "said MARKER", { request_id: "11111111-aaaa", field: "MARKER" });
  const report = problemReport(problemOf(error), AT);
  expect(report).toContain("request: 11111111-aaaa");
  expect(report).toContain("code: 503 unavailable");
  expect(report).toContain("time: 2026-11-29T07:00:00.000Z");
  expect(report).not.toContain("MARKER");
});

test("a report has no part of the address that may hold a person's words", () => {
  history.replaceState(null, "", "/conversations?search=MARKER#MARKER");
  expect(problemReport({ code: "x" }, AT)).toContain("page: /conversations\n");
  expect(problemReport({ code: "x" }, AT)).not.toContain("MARKER");
});

test("a request without an answer is named, too, and a failed answer by its own id", () => {
  expect(problemOf(new NetworkError("", { requestId: "22222222" }))).toEqual({ code: "network", requestId: "22222222" });
  expect(problemReport({ code: "model_overloaded", messageId: "m1" }, AT)).toContain("answer: m1");
});
