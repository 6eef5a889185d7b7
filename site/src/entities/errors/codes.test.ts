/** Every code of the API has a sentence of ours in each language. */
import { readFileSync } from "node:fs";

import { describe, expect, it, test } from "vitest";

import { ApiError } from "@/api/client";
import { LOSSES } from "@/entities/files/notes";
import { problemOf } from "@/entities/files/problems";
import { problemText } from "@/entities/files/fileText";
import { catalogues, setLanguage, type Language } from "@/i18n";

import { answerErrorText, errorText } from "./errorText";

const codes = JSON.parse(readFileSync("../tests/contract/codes.json", "utf8")) as Record<"refusals" | "reasons" | "answers" | "files" | "not_read", string[]>;
const SERVER = "What the server says in English.";

const refused = (extra: Record<string, unknown>, code = "invalid_request") => new ApiError(400, code, SERVER, extra);

describe.each(Object.entries(catalogues))("in %s", (language, t) => {
  it.each(codes.refusals)("a request that is refused as %s is told", (code) => {
    expect(errorText(t, refused({}, code))).not.toContain(SERVER);
    expect(Object.keys({ ...t.errors, ...t.errors.refusals })).toContain(code);
  });

  it.each([...codes.reasons, ...codes.files])("a field that is refused as %s is told", (reason) => {
    const text = errorText(t, refused({ reason, field: "message.text" }));
    expect(text).not.toContain(SERVER);
    expect(text).not.toBe(t.errors.failed);
    expect(["file_too_large", ...Object.keys({ ...t.errors.reasons, ...t.files.problems })]).toContain(reason);
  });

  it.each(codes.answers)("an answer that failed as %s is told", (code) => {
    expect(t.errors.answer).toHaveProperty(code);
    expect(answerErrorText(t, { code, message: SERVER })).not.toContain(SERVER);
  });

  it.each(codes.files)("a file that is not read as %s is told", (code) => {
    setLanguage(language as Language);
    const text = problemText({ t, language: language as Language }, { code, message: SERVER });
    expect(text).not.toContain(SERVER);
    expect(text).not.toBe(t.files.problems.failed);
    setLanguage("en");
  });
});

test("a text that is too long is told with its size and the limit, as they are written here", () => {
  setLanguage("fr");
  const bytes = refused({ field: "message.text", reason: "too_long", limit: 300_000, actual: 320_000, unit: "bytes" });
  expect(errorText(catalogues.fr, bytes)).toMatch(/^Ce texte est trop long\s: 313\sko, et 293\sko est le maximum\./);
  const characters = refused({ field: "title", reason: "too_long", limit: 200, actual: 1_201, unit: "characters" });
  expect(errorText(catalogues.fr, characters)).toMatch(/1\s201\scaractères, et 200\scaractères/);
  setLanguage("en");
  const unknown = refused({ field: "content", reason: "too_large", limit: 4_194_304, unit: "bytes" }, "payload_too_large");
  expect(errorText(catalogues.en, unknown)).toBe("This is too large: 4 MB is the most.");
  const files = refused({ field: "message.file_ids", reason: "too_many", limit: 20, actual: 21 });
  expect(errorText(catalogues.en, files)).toBe("There are too many in the field “files”. At most 20 are possible.");
});

test("what neither this site nor its texts know is not told in the server's words", () => {
  const text = errorText(catalogues.fr, refused({ field: "constructor", reason: "toString" }, "__proto__"));
  expect(text).toBe(catalogues.fr.errors.failed);
  expect(errorText(catalogues.fr, refused({ field: "x.1.y", reason: "new_reason" }))).toContain("«\u00a0x.1.y\u00a0»");
  expect(answerErrorText(catalogues.fr, { code: "new_code", message: SERVER })).toBe(catalogues.fr.errors.answerUnknown);
});

test("a file that is refused before it is uploaded says why", () => {
  const t = catalogues.fr;
  const text = (extra: Record<string, unknown>, code?: string) =>
    problemText({ t, language: "fr" }, problemOf(refused(extra, code)));
  expect(text({ field: "type", reason: "executable" })).toBe(t.files.problems.executable);
  expect(text({ field: "type", reason: "wrong_form" })).toBe(t.files.problems.type_not_supported);
  expect(text({ field: "size", reason: "too_large", limit: 52_428_800 }, "payload_too_large")).toContain("50");
  expect(text({ limit: 10_000 }, "too_many_files")).not.toContain(SERVER);
});

test("when a model can be asked again is told as it said, and not once that is over", () => {
  const t = catalogues.en;
  const at = (ms: number) => answerErrorText(t, { code: "model_rate_limited", message: SERVER, retry_at: new Date(Date.now() + ms).toISOString() });
  expect(at(3_600_000)).toMatch(/^Claude’s rate limit is reached\. Retry after .*\d:\d\d/);
  expect(at(3_600_000)).not.toContain("minute");
  expect(at(-1)).toBe("Claude’s rate limit is reached. Retry in a minute.");
  const credit = answerErrorText(t, { code: "model_no_credit", message: SERVER });
  expect(credit).toMatch(/owner/);
  expect(credit).not.toMatch(/\bedit/i);
});

it("takes the same notes of a file for a loss as the prompt does", () => {
  expect([...LOSSES].toSorted()).toEqual(codes.not_read);
});
