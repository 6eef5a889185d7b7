import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/client";
import { catalogues } from "@/i18n";
import { storedFile } from "@/test/records";

import { applyKnown, newAttachment } from "./attachment";
import { attachmentText, cutText, extentText, problemText, readingText, refusedTexts } from "./fileText";
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
    const pdf = { name: "thesis.pdf", pages: null, pages_read: 1 };
    expect(readingText(en, pdf)).toBe("1 page read so far");
    expect(readingText(en, { ...pdf, pages: 1_200, pages_read: 1_040 })).toBe("Reading 1,040 of 1,200 pages");
    expect(plain(readingText(fr, { ...pdf, pages: 1_200, pages_read: 1_040 }))).toBe("Lecture : 1 040 sur 1 200 pages");
    expect(plain(readingText(fr, { format: "XLSX", pages_read: 2 }))).toBe("2 parties lues jusqu’ici");
  });

  it("is that it waits for its turn", () => {
    const waiting = storedFile({ status: "waiting", pages: null, pages_read: 0 });
    expect(readingText(en, waiting)).toBe("Waiting: two of your files are being read");
    expect(plain(readingText(fr, waiting))).toBe("En attente : deux de vos fichiers sont en cours de lecture");
    const held = applyKnown({ ...newAttachment("k", waiting), phase: "uploading" }, waiting);
    expect(attachmentText(en, held)).toBe("Waiting: two of your files are being read");
    expect(attachmentText(en, applyKnown(held, storedFile({ status: "reading", pages: null, pages_read: 0 })))).toBe("Reading…");
  });

  it("is how far it was read, where reading the rest took too long", () => {
    const cut = storedFile({ pages: 56, error: { code: "too_slow", message: "" } });
    expect(cutText(en, cut)).toMatch(/^Read in part: 56 pages from the beginning; the rest took too long\./);
    expect(plain(cutText(fr, cut))).toMatch(/^Lu en partie : 56 pages depuis le début ; le reste prenait trop de temps\./);
    expect(attachmentText(en, applyKnown(newAttachment("k", cut), cut))).toMatch(/^Read in part: 56 pages/);
    expect(cutText(en, storedFile())).toBeNull();
    expect(cutText(en, storedFile({ status: "failed", pages: 56, error: { code: "too_slow", message: "" } }))).toBeNull();
  });

  it("is what it costs when it is read: estimates are rounded", () => {
    expect(extentText(en, storedFile())).toBe("212 pages, about 90,000 tokens");
    expect(plain(extentText(fr, storedFile()))).toBe("212 pages, environ 90 000 jetons");
    expect(extentText(en, storedFile({ group: "image", pages: 0, tokens: 1_234 }))).toBe("about 1,200 tokens");
    expect(extentText(en, storedFile({ pages: 1, tokens: null }))).toBe("1 page");
    expect(extentText(en, storedFile({ pages: null, tokens: null }))).toBeNull();
    expect(plain(extentText(fr, storedFile({ pages: 1, tokens: 1 })))).toBe("1 page, environ 1 jeton");
  });

  it.each([
    ["PDF", 3, "3 pages", "3 pages"],
    ["PPTX", 1, "1 slide", "1 diapositive"],
    ["PPTX", 12, "12 slides", "12 diapositives"],
    ["XLSX", 4, "4 parts", "4 parties"],
    ["DOCX", 6, "6 parts", "6 parties"],
    ["text", 1, null, null],
  ])("a %s of %i is told as %s", (format, pages, english, french) => {
    const file = storedFile({ format, pages, tokens: null });
    expect(extentText(en, file)).toBe(english);
    expect(plain(extentText(fr, file)) ?? null).toBe(french);
  });

  it("is told by the file's name while its format is not known", () => {
    expect(extentText(en, { name: "Talk.PPTX", format: "", pages: 2 })).toBe("2 slides");
    expect(extentText(en, { name: "Talk.pptx", format: "PDF", pages: 2 })).toBe("2 pages");
  });
});

describe("what is left out", () => {
  const left = (code: string, ...names: string[]) => names.map((name) => ({ name, problem: { code, message: "" } }));

  it("is said once for each reason, with a few of the names", () => {
    const refused = [...left("file_empty", "a"), ...left("folder", "p", "q"), ...left("file_empty", "b", "c", "d", "e")];
    const { file_empty: empty, folder } = en.t.files.problems;
    expect(refusedTexts(en, refused)).toEqual([`a, b, c, and 2 more were left out. ${empty}`, `p and q were left out. ${folder}`]);
    expect(refusedTexts(fr, refused)[0]).toMatch(/^a, b, c et 2 autres ont été laissés de côté\. Un fichier vide ne peut pas être lu\./);
    expect(refusedTexts(fr, left("folder", "p"))[0]).toMatch(/^p a été laissé de côté\. Un dossier/);
  });

  it("beyond what a message takes is one sentence, and what to do about it", () => {
    const problem = { code: "too_many_files", message: "", limit_files: 20 };
    const beyond = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ name, problem }));
    expect(refusedTexts(en, beyond)).toEqual(["Only 20 files fit in one message; 7 were left out: a, b, c, and 4 more. Send the rest with the next message."]);
    expect(refusedTexts(fr, beyond).map(plain)).toEqual([
      "Un message n’accepte que 20 fichiers ; 7 ont été laissés de côté : a, b, c et 4 autres. Envoyez le reste avec le message suivant.",
    ]);
    expect(refusedTexts(en, beyond.slice(0, 4))[0]).toContain("a, b, c, and d.");
  });

  it("names the limit that a file exceeds, where it is known", () => {
    const tooLarge = { code: "file_too_large", message: "", limit_bytes: 50 * 1024 * 1024 };
    expect(problemText(en, tooLarge)).toMatch(/^A file larger than 50 MB cannot be read\./);
    expect(plain(problemText(fr, tooLarge))).toMatch(/^Un fichier de plus de 50 Mo ne peut pas être lu\./);
    expect(problemText(en, { code: "file_too_large", message: "" })).toMatch(/^A file this large cannot be read\./);
  });

  it.each([en, fr])("is told alike of one and of several: a reason is about files, not about this one: $language", (wording) => {
    const { problems } = wording.t.files;
    const kinds = Object.keys(problems).filter((code) => code.startsWith("unreadable_"));
    const codes = [...kinds, "folder", "file_empty", "file_too_large", "name_not_allowed", "name_has_separator"];
    const reasons = codes.map((code) => problemText(wording, { code, message: "" }));
    expect(reasons.filter((reason) => /^(The|This|It|Le|Ce|Il) (?!type|son)/.test(reason))).toEqual([]);
  });

  it("names long names by their ends", () => {
    const [text] = refusedTexts(en, left("folder", `${"a".repeat(120)}-2026.pdf`));
    expect(text).toMatch(/^a{24}…a{14}-2026\.pdf was left out\./);
  });
});

describe("a problem", () => {
  it("is told in the person's language; of an unknown code, never in the server's words", () => {
    expect(problemText(fr, { code: "encrypted_pdf", message: "The PDF is…" })).toMatch(/^Le PDF est protégé par un mot de passe/);
    expect(problemText(en, { code: "brand_new", message: "Said by the server." })).toBe(catalogues.en.files.problems.failed);
    expect(problemText(en, { code: "constructor", message: "" })).toBe(catalogues.en.files.problems.failed);
  });

  it("of a refused request says what was refused, in our words", () => {
    const refused = (field: string) =>
      problemText(en, problemOf(new ApiError(400, "invalid_request", "must be shorter", { field })));
    expect(refused("name")).toBe(catalogues.en.files.problems.name_not_allowed);
    expect(refused("type")).toBe(catalogues.en.files.problems.type_not_supported);
    expect(refused("size")).toBe(catalogues.en.files.problems.invalid_request);
  });

  it("of a full storage says how full it is", () => {
    const full = { code: "storage_full", message: "", used_bytes: 2_147_483_648, limit_bytes: 2_147_483_648 };
    expect(problemText(en, full)).toMatch(/^Your storage is full: 2 GB of 2 GB/);
  });
});
