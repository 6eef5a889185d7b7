/** Documents as a person sees them: dropped, read, what was left out said, asked about and cited at the page that answers. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { en } from "../../../site/src/i18n/en";
import { attached, drop, expectQuoted, openSource, viewer, type Fixture } from "../support/files";
import { expect, test } from "../support/test";

interface Document extends Omit<Fixture, "type" | "pages"> {
  type?: string;
  /** Of the golden corpus, in a folder for each format. */
  folder: string;
  note: string | null;
}

const { notes } = en.files;
const DOCUMENTS: Document[] = [
  { folder: "pdf", name: "01-filled-form.pdf", question: "Who is Marchetti?", answer: "Marchetti", page: 1, note: notes.form_fields(5, "5") },
  { folder: "pdf", name: "03-letter-with-scanned-annexes.pdf", question: "Page 2 of the letter?", answer: "Page 2 of the letter", page: 2, note: notes.by_sight(4, "3–6") },
  { folder: "docx", name: "numbered-clauses.docx", question: "What is the notice, in days?", answer: "1.2 Notice is ninety days", page: 1, note: null },
  { folder: "xlsx", name: "18-formulas-never-calculated.xlsx", question: "What is the amount of Desk and Chair?", answer: "=B2*C2", page: 1, note: notes.uncalculated(3, "3") },
  { folder: "mail", name: "with-files.eml", question: "Quel est le préavis du bail ?", answer: "préavis est de trois mois", page: 3, note: notes.attachments(2, "“prices.csv” and “Résumé du bail.txt”") },
];

const content = ({ folder, name }: Document): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../golden/${folder}/${name}`, import.meta.url)));

for (const document of DOCUMENTS) {
  test(`is read as it is seen, and says what it left out: ${document.name}`, { tag: "@scripted" }, async ({ chat }) => {
    const { page } = chat;
    const { name, question, note } = document;
    await drop(page, { name, type: "application/octet-stream", content: content(document) });
    const chip = await attached(page, name);
    if (note !== null) await expect(chip.getByRole("list", { name: en.files.notesTitle })).toContainText(note);
    const answer = await chat.ask(question);
    await openSource(answer, document);
    await expectQuoted(page, { type: "", pages: 0, ...document });
    if (note !== null) await expect(viewer(page, name).getByRole("list", { name: en.files.notesTitle })).toContainText(note);
  });
}
