import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/client";
import { catalogues } from "@/i18n";
import { storedFile } from "@/test/records";

import { newAttachment } from "./attachment";
import { attachmentText, extentText, problemText, readingText } from "./fileText";
import { problemOf } from "./problems";

const en = { t: catalogues.en, language: "en" } as const;
const fr = { t: catalogues.fr, language: "fr" } as const;
const plain = (text: string | null) => text?.replaceAll(/[\u00a0\u202f]/g, " ");

describe("what a file is said to be doing", () => {
  it("is its upload in bytes", () => {
    const held = { ...newAttachment("k", storedFile()), phase: "uploading" as const, sent_bytes: 524_288 };
    expect(attachmentText(en, held)).toBe("Uploading, 512 kB of 3.2 MB");
    expect(plain(attachmentText(fr, held))).toBe("Envoi, 512 ko sur 3,2 Mo");
  });

  it("is its pages while it is read, as far as they are known", () => {
    expect(readingText(en, {})).toBe("Reading…");
    expect(readingText(en, { pages: null, pages_read: 1 })).toBe("1 page read so far");
    expect(readingText(en, { pages: 1_200, pages_read: 1_040 })).toBe("Reading 1,040 of 1,200 pages");
    expect(plain(readingText(fr, { pages: 1_200, pages_read: 1_040 }))).toBe("Lecture : 1 040 pages sur 1 200");
  });

  it("is what it costs when it is read: estimates are rounded", () => {
    expect(extentText(en, storedFile())).toBe("212 pages, about 90,000 tokens");
    expect(plain(extentText(fr, storedFile()))).toBe("212 pages, environ 90 000 jetons");
    expect(extentText(en, storedFile({ group: "image", pages: 0, tokens: 1_234 }))).toBe("about 1,200 tokens");
    expect(extentText(en, storedFile({ pages: 1, tokens: null }))).toBe("1 page");
    expect(extentText(en, storedFile({ pages: null, tokens: null }))).toBeNull();
  });
});

describe("a problem", () => {
  it("is told in the person's language; of an unknown code, in the server's words", () => {
    expect(problemText(fr, { code: "encrypted_pdf", message: "The PDF asks…" })).toMatch(/^Le PDF demande un mot de passe/);
    expect(problemText(en, { code: "brand_new", message: "Said by the server." })).toBe("Said by the server.");
    expect(problemText(en, { code: "constructor", message: "" })).toBe(catalogues.en.files.problems.failed);
  });

  it("of a refused request says what was refused, in our words or the server's", () => {
    const refused = (field: string) =>
      problemText(en, problemOf(new ApiError(400, "invalid_request", "must be shorter", { field })));
    expect(refused("name")).toBe(catalogues.en.files.problems.name_not_allowed);
    expect(refused("type")).toBe(catalogues.en.files.problems.type_not_supported);
    expect(refused("size")).toBe("The server does not accept this file: must be shorter");
  });

  it("of a full storage says how full it is", () => {
    const full = { code: "storage_full", message: "", used_bytes: 2_147_483_648, limit_bytes: 2_147_483_648 };
    expect(problemText(en, full)).toMatch(/^Your storage is full: 2 GB of 2 GB/);
  });
});
