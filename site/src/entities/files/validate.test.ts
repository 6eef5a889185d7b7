import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { catalogues } from "@/i18n";

import { problemText } from "./fileText";
import { fileIcon, UNREADABLE_EXTENSIONS } from "./kinds";
import { limits } from "@/test/limits";

import { nameRefusal, refusal } from "./validate";

const of = (name: string, size = 10) => refusal({ name, size }, limits)?.code ?? null;

describe("what is refused before it is uploaded", () => {
  it.each([
    ["setup.EXE", "unreadable_program"],
    ["photos.zip", "unreadable_archive"],
    ["backup.tar.gz", "unreadable_archive"],
    ["holiday.mp4", "unreadable_media"],
    ["backup.iso", "unreadable_archive"],
    ["letter.pages", "unreadable_oldWord"],
    ["budget.numbers", "unreadable_oldSheet"],
    ["poster.odg", "unreadable_openDocument"],
    ["novel.mobi", "unreadable_otherDocument"],
    ["archive.mbox", "unreadable_mailbox"],
    ["poster.PSD", "unreadable_image"],
    ["shop.sqlite3", "unreadable_database"],
  ])("%s: %s, with words for it in each language", (name, code) => {
    expect(of(name)).toBe(code);
    for (const { files } of Object.values(catalogues)) expect(files.problems).toHaveProperty(code);
  });

  it("is by its name what the server refuses by its name", () => {
    const refused = JSON.parse(readFileSync("../tests/contract/endings.json", "utf8")) as string[];
    expect(UNREADABLE_EXTENSIONS.toSorted()).toEqual(refused);
  });

  it.each(["thesis.pdf", "a.docx", "b.odt", "c.ods", "d.odp", "e.rtf", "f.epub", "b.pptx", "c.xlsx", "d.csv", "e.md", "main.rs", "Makefile", "notes", "x.png", "y.webp", "app.ts", "IMG_0001.HEIC", "fax.tif", "old.bmp", "letter.doc", "export.xls", "talk.ppt", "Re offer.eml", "offer.msg", "page.mht", "show.ppsx", "form.dotx"])(
    "%s may be uploaded",
    (name) => expect(of(name)).toBeNull(),
  );

  it.each(["graph.dot", "fr.pot", "id_ed25519.pub", "server.key", "Pose.msg", "figure.ps", "mail to example.com"])(
    "%s may be a text",
    (name) => expect(of(name)).toBeNull(),
  );

  it("is what is empty or larger than the limit, to the byte", () => {
    expect(of("a.pdf", 0)).toBe("file_empty");
    expect(of("a.pdf", limits.file_bytes)).toBeNull();
    expect(of("a.pdf", limits.file_bytes + 1)).toBe("file_too_large");
  });

  it.each(["", "  ", ".", "..", "a\u202efdp.exe.pdf", "a\u0000.pdf", "a\n.pdf", `${"é".repeat(128)}.pdf`])(
    "is the name %j",
    (name) => expect(nameRefusal(name)?.code).toBe("name_not_allowed"),
  );

  it.each(["a/b.pdf", "a\\b.pdf", "/"])("is the name %j, with words for what is wrong in each language", (name) => {
    const problem = nameRefusal(name);
    expect(problem?.code).toBe("name_has_separator");
    for (const t of Object.values(catalogues)) expect(problem && problemText({ t, language: "en" }, problem)).toContain("/");
  });

  it("is no name that people give: accents, emoji, spaces, 255 bytes", () => {
    for (const name of ["Mémoire – été 2026 (v2).pdf", "📄.txt", "報告.docx", `${"a".repeat(251)}.pdf`]) {
      expect(nameRefusal(name)).toBeNull();
    }
  });
});

it("a file's icon follows what it is, then its name", () => {
  expect(fileIcon({ name: "a.bin", group: "image" })).toBe("image");
  expect(fileIcon({ name: "a.XLSX" })).toBe("table");
  expect(fileIcon({ name: "talk.pptx", group: "document" })).toBe("slides");
  expect(fileIcon({ name: "README" })).toBe("file");
});
