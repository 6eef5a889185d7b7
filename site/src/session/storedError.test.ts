import { expect, it } from "vitest";

import { ApiError, NetworkError } from "@/api/client";
import { AttachmentError } from "@/entities/files/problems";

import { errorFromJson, errorToJson } from "./storedError";

const reloaded = (error: unknown): Error => errorFromJson(JSON.parse(JSON.stringify(errorToJson(error))));

it("keeps what a full storage and a refused file say", () => {
  const full = { code: "storage_full", message: "full", used_bytes: 5, limit_bytes: 6 };
  expect(reloaded(new AttachmentError("a.pdf", full))).toMatchObject({ fileName: "a.pdf", problem: full });
  const refused = { code: "invalid_request", message: "no", field: "name" };
  expect(reloaded(new AttachmentError("a.pdf", refused))).toMatchObject({ problem: refused });
});

it("keeps an answer of the API, and that none came", () => {
  expect(reloaded(new ApiError(429, "budget_spent", "spent", { limit_usd: 5 }))).toMatchObject({ status: 429, extra: { limit_usd: 5 } });
  expect(reloaded(new NetworkError("away"))).toBeInstanceOf(NetworkError);
});
