import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { limits } from "@/test/limits";
import { storedFile } from "@/test/records";

import { api, dropOnPage, finishReading, openApp, pass, pdf, person, prepareApp } from "@/test/openApp";

const list = () => screen.findByRole("list", { name: "Your files" });
const names = async () => within(await list()).getAllByRole("listitem").map((row) => within(row).getAllByText(/\.\w+$/)[0]?.textContent);

async function choose(name: string, action: string): Promise<void> {
  await person.click(await screen.findByRole("button", { name: `Actions for ${name}` }));
  await person.click(screen.getByRole("menuitem", { name: action }));
}

function put(...given: string[]): void {
  for (const [index, name] of given.entries()) api.files.put(storedFile({ file_id: `s${index}`, name }));
}

prepareApp();

describe("the Files page", () => {
  it("is reached from the sidebar and shows each file with what is known of it", async () => {
    put("thesis.pdf");
    api.files.put(storedFile({ file_id: "s1", name: "scan.pdf", scanned: true, pages: 3, tokens: null, conversations: 2 }));
    const error = { code: "broken_file", message: "damaged" };
    api.files.put(storedFile({ file_id: "s2", name: "torn.docx", status: "failed", error, pages: null, tokens: null }));
    openApp("/chat");
    await person.click(await screen.findByRole("link", { name: "Files" }));
    expect(await names()).toEqual(["torn.docx", "scan.pdf", "thesis.pdf"]);
    const [torn, scan, thesis] = within(await list()).getAllByRole("listitem");
    expect(thesis).toHaveTextContent("PDF · 3.2 MB · 212 pages, about 90,000 tokens · Nov 21, 2026");
    expect(scan).toHaveTextContent("3 pages · Used in 2 conversations");
    expect(scan).toHaveTextContent("A scan without text");
    expect(torn).toHaveTextContent("The file is damaged or incomplete.");
    expect(document.title).toMatch(/^Files/);
    expect(screen.getByRole("link", { name: "Files" })).toHaveAttribute("aria-current", "page");
  });

  it("says when there is nothing, and when nothing is found", async () => {
    openApp("/files");
    expect(await screen.findByText("No file yet")).toBeInTheDocument();
    await person.type(screen.getByRole("searchbox", { name: "Search by name" }), "tax");
    await pass(1_000);
    expect(await screen.findByText("No file has “tax” in its name.", { selector: "p" })).toBeInTheDocument();
  });

  it("says when the files could not be loaded, and loads them on request", async () => {
    put("thesis.pdf");
    api.offline = 20;
    openApp("/files");
    await pass(30_000);
    const alert = await screen.findByText(/The files could not be loaded/);
    expect(alert).toBeInTheDocument();
    api.offline = 0;
    const main = screen.getByRole("main");
    await person.click(within(main).getByRole("button", { name: "Try again" }));
    expect(await names()).toEqual(["thesis.pdf"]);
    expect(main).toHaveFocus();
  });

  it("searches on the server when the typing pauses, once", async () => {
    put("thesis.pdf", "Budget.xlsx");
    openApp("/files");
    await list();
    await person.type(screen.getByRole("searchbox", { name: "Search by name" }), "budget");
    await pass(1_000);
    await waitFor(async () => expect(await names()).toEqual(["Budget.xlsx"]));
    expect(api.sent("GET", /^\/files\?.*name=/).map(({ path }) => path)).toEqual(["/files?name=budget"]);
  });

  it("shows further pages on request", async () => {
    put(...Array.from({ length: 12 }, (_, index) => `${index}.pdf`));
    openApp("/files");
    expect(await names()).toHaveLength(10);
    await person.click(screen.getByRole("button", { name: "Load more" }));
    await waitFor(async () => expect(await names()).toHaveLength(12));
  });

  it("says that a file waits for its turn, and how far one was read that took too long", async () => {
    api.files.put(storedFile({ file_id: "s0", name: "slow.html", pages: 56, error: { code: "too_slow", message: "Only pages 1 to 56" } }));
    api.files.put(storedFile({ file_id: "s1", name: "third.pdf", status: "waiting", pages: null, tokens: null }));
    openApp("/files");
    const [third, slow] = within(await list()).getAllByRole("listitem");
    expect(third).toHaveTextContent("Waiting: two of your files are being read");
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(slow).toHaveTextContent("Read in part: 56 pages from the beginning; the rest took too long.");
    expect(slow).not.toHaveTextContent("simplify");
    expect(screen.getByRole("button", { name: "Open slow.html" })).toBeInTheDocument();
    api.files.put({ file_id: "s1", status: "ready", pages: 3 });
    await pass(5_000);
    expect(third).toHaveTextContent("3 pages");
  });

  it("follows a file that is being read", async () => {
    api.files.put(storedFile({ file_id: "s0", status: "reading", pages: 212, pages_read: 40, tokens: null }));
    openApp("/files");
    expect(await list()).toHaveTextContent("Reading 40 of 212 pages");
    expect(screen.getByRole("progressbar", { name: "Progress of thesis.pdf" })).toHaveAttribute("aria-valuenow", "19");
    api.files.put({ file_id: "s0", status: "ready", tokens: 89_712 });
    await pass(5_000);
    expect(await list()).toHaveTextContent("212 pages, about 90,000 tokens");
    const asked = api.sent("GET", /^\/files/).length;
    await pass(10_000);
    expect(api.sent("GET", /^\/files/)).toHaveLength(asked);
  });

  it("asks ever less often after a file that does not get on", async () => {
    api.files.put(storedFile({ file_id: "s0", status: "reading", pages: 212, pages_read: 40, tokens: null }));
    openApp("/files");
    await list();
    await pass(300_000);
    const asked = api.sent("GET", /^\/files/).length;
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(15);
  });

  it("keeps a new name that a list which was asked for earlier does not know", async () => {
    put("thesis.pdf");
    openApp("/files");
    await list();
    const real = fetch;
    let answerLate: (() => void) | null = null;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
      const response = await real(url, init);
      if (answerLate || !/\/files(\?|$)/.test(url)) return response;
      await new Promise<void>((resolve) => (answerLate = resolve));
      if (init.signal?.aborted) throw new DOMException("Aborted.", "AbortError");
      return response;
    });
    await choose("thesis.pdf", "Rename");
    act(() => void window.dispatchEvent(new Event("visibilitychange")));
    await pass(100);
    expect(answerLate).not.toBeNull();
    const field = screen.getByRole("textbox", { name: "Name of the file" });
    await person.clear(field);
    await person.type(field, "new.pdf{Enter}");
    await pass(100);
    act(() => answerLate?.());
    await pass(100);
    expect(await names()).toEqual(["new.pdf"]);
  });

  it("takes files that are dropped on it, one row for each", async () => {
    openApp("/files");
    await screen.findByText("No file yet");
    await dropOnPage(pdf("notes.pdf"));
    expect(within(screen.getByRole("list", { name: "Uploads" })).getByText("notes.pdf")).toBeInTheDocument();
    expect(screen.getAllByText("notes.pdf")).toHaveLength(1);
    await finishReading(0, { pages: 4 });
    await pass(1_000);
    expect(screen.queryByRole("list", { name: "Uploads" })).toBeNull();
    expect(await names()).toEqual(["notes.pdf"]);
    expect(await list()).toHaveTextContent("4 pages");
  });

  it("renames in place, and refuses a name that cannot be", async () => {
    put("thesis.pdf");
    openApp("/files");
    await choose("thesis.pdf", "Rename");
    const field = screen.getByRole("textbox", { name: "Name of the file" }) as HTMLInputElement;
    expect(field).toHaveFocus();
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, "thesis".length]);
    await person.clear(field);
    await person.type(field, "a/b{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent(/cannot contain \/ or/);
    expect(field).toHaveAccessibleDescription(/cannot contain \/ or/);
    await person.clear(field);
    await person.type(field, "Thèse 2026.pdf{Enter}");
    await pass(100);
    expect(api.sent("PATCH", /./).map(({ body }) => body)).toEqual([{ name: "Thèse 2026.pdf" }]);
    expect(await names()).toEqual(["Thèse 2026.pdf"]);
  });

  it("deletes at once what nothing depends on, and brings it back", async () => {
    put("thesis.pdf", "notes.txt");
    openApp("/files");
    await choose("notes.txt", "Delete");
    await pass(100);
    expect(await names()).toEqual(["thesis.pdf"]);
    expect(screen.queryByRole("alertdialog")).toBeNull();
    await person.click(screen.getByRole("button", { name: "Undo" }));
    await pass(500);
    expect(await names()).toContain("notes.txt");
  });

  it("offers to bring it back for as long as the API can", async () => {
    put("thesis.pdf", "notes.txt");
    openApp("/files");
    await choose("notes.txt", "Delete");
    await pass(limits.undo_s * 1_000 - 5_000);
    expect(screen.getByRole("button", { name: "Undo" })).toBeInTheDocument();
    await pass(5_000);
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  });

  it("asks before it deletes what conversations use, and names them", async () => {
    api.files.put(storedFile({ conversations: 2 }));
    api.files.usedIn = [
      { conversation_id: "c1", title: "Cats" },
      { conversation_id: "c2", title: null },
    ];
    openApp("/files");
    await choose("thesis.pdf", "Delete");
    const question = await screen.findByRole("alertdialog", { name: "Delete thesis.pdf?" });
    await pass(100);
    expect(question).toHaveTextContent("It is used in 2 conversations:");
    expect(question).toHaveTextContent("Later answers there will say that the source was deleted.");
    expect(within(question).getByRole("link", { name: "Cats" })).toHaveAttribute("href", "/c/c1");
    expect(within(question).getByRole("link", { name: "Untitled conversation" })).toBeInTheDocument();
    expect(api.sent("DELETE", /./)).toHaveLength(0);
    await person.click(within(question).getByRole("button", { name: "Delete the file" }));
    await pass(100);
    expect(api.sent("DELETE", /^\/files\/f1$/)).toHaveLength(1);
    expect(screen.queryByText("thesis.pdf", { exact: true })).toBeNull();
  });

  it("uses a file in a new chat, which has it attached once", async () => {
    put("thesis.pdf");
    openApp("/files");
    await choose("thesis.pdf", "Use in a new chat");
    expect(window.location.pathname).toBe("/chat");
    const attached = await screen.findByRole("list", { name: "Attached files" });
    expect(attached).toHaveTextContent("212 pages, about 90,000 tokens");
    await person.click(screen.getByRole("link", { name: "Files" }));
    await choose("thesis.pdf", "Use in a new chat");
    expect(within(await screen.findByRole("list", { name: "Attached files" })).getAllByRole("listitem")).toHaveLength(1);
    await person.type(await screen.findByRole("textbox", { name: "Message to Claude" }), "Sum it up{Enter}");
    await pass(500);
    expect(api.sent("POST", /^\/conversations$/)[0]?.body).toMatchObject({ message: { file_ids: ["s0"] } });
    expect(api.sent("POST", /^\/files$/)).toHaveLength(0);
  });

  it("says when the new chat has twenty files already", async () => {
    put("thesis.pdf");
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const kept = { file_id: "other", name: "other.pdf", type: "application/pdf", size: 1, is_sent: true };
    for (const key of keys) localStorage.setItem(`chatapp.upload.ada.${key}`, JSON.stringify(kept));
    localStorage.setItem("chatapp.draft-files.ada.new", JSON.stringify(keys));
    openApp("/files");
    await choose("thesis.pdf", "Use in a new chat");
    expect(screen.getByText(/20 files fit in one message; 1 was left out: thesis\.pdf\. Send the rest/)).toBeInTheDocument();
    expect(await screen.findByRole("textbox", { name: "Message to Claude" })).toBeInTheDocument();
  });
});

describe("what the Files page says to a screen reader", () => {
  const said = () => screen.getAllByRole("status").map((region) => region.textContent).join("\n");

  it("is that a file is uploaded, and that it is read", async () => {
    openApp("/files");
    await screen.findByText("No file yet");
    await dropOnPage(pdf("notes.pdf"));
    expect(said()).toContain("1 file is being uploaded.");
    await finishReading(0, { pages: 4, tokens: null });
    await pass(7_000);
    expect(said()).toContain("notes.pdf is read: 4 pages.");
  });

  it("is how many files a search has found", async () => {
    put("thesis.pdf", "Budget.xlsx", "budget.csv");
    openApp("/files");
    await list();
    const search = screen.getByRole("searchbox", { name: "Search by name" });
    await person.type(search, "budget");
    await pass(1_000);
    await waitFor(() => expect(said()).toContain("2 files found."));
    await person.type(search, "et");
    await pass(1_000);
    await waitFor(() => expect(said()).toContain("No file has “budgetet” in its name."));
  });
});

describe("the focus on the Files page", () => {
  const menu = (name: string) => screen.getByRole("button", { name: `Actions for ${name}` });

  it("goes back to the file's menu when it was renamed, and when it is kept", async () => {
    api.files.put(storedFile({ file_id: "s0", name: "thesis.pdf", conversations: 1 }));
    openApp("/files");
    await choose("thesis.pdf", "Rename");
    await person.keyboard("{Escape}");
    expect(menu("thesis.pdf")).toHaveFocus();
    await choose("thesis.pdf", "Rename");
    await person.keyboard("new{Enter}");
    await pass(100);
    expect(menu("new.pdf")).toHaveFocus();
    await choose("new.pdf", "Delete");
    await person.click(screen.getByRole("button", { name: "Cancel" }));
    expect(menu("new.pdf")).toHaveFocus();
    await choose("new.pdf", "Delete");
    await person.keyboard("{Escape}");
    expect(menu("new.pdf")).toHaveFocus();
  });

  it("goes back to where it was when a deletion is undone, and when a notice is dismissed", async () => {
    put("a.pdf", "b.pdf");
    openApp("/files");
    await choose("b.pdf", "Delete");
    await pass(100);
    await person.click(screen.getByRole("button", { name: "Undo" }));
    await pass(500);
    expect(menu("a.pdf")).toHaveFocus();
    await dropOnPage(pdf("x.zip"));
    await person.click(within(screen.getByRole("alert")).getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(menu("a.pdf")).toHaveFocus();
  });

  it("stays in the list when more of it is loaded", async () => {
    put(...Array.from({ length: 12 }, (_, index) => `${index}.pdf`));
    openApp("/files");
    await list();
    screen.getByRole("button", { name: "Load more" }).focus();
    await person.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("button", { name: "Open 1.pdf" })).toHaveFocus());
  });

  it("stays in the list when there was no more of it after all", async () => {
    put(...Array.from({ length: 12 }, (_, index) => `${index}.pdf`));
    openApp("/files");
    await list();
    for (const id of ["s0", "s1"]) api.files.files.delete(id);
    screen.getByRole("button", { name: "Load more" }).focus();
    await person.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("button", { name: "Open 2.pdf" })).toHaveFocus());
  });

  it("stays with the uploads when one is tried again, and goes on when one is cancelled", async () => {
    openApp("/files");
    await screen.findByText("No file yet");
    await dropOnPage(pdf("a.pdf"), pdf("b.pdf"));
    act(() => api.files.uploads[0]?.end(0));
    await pass(50);
    await person.click(screen.getByRole("button", { name: "Upload a.pdf again" }));
    const cancel = screen.getByRole("button", { name: "Cancel the upload of a.pdf" });
    expect(cancel).toHaveFocus();
    await person.click(cancel);
    expect(screen.getByRole("button", { name: "Cancel the upload of b.pdf" })).toHaveFocus();
    await person.keyboard("{Enter}");
    expect(screen.getByRole("searchbox", { name: "Search by name" })).toHaveFocus();
  });

  it("goes on also where a click gives a button no focus", async () => {
    openApp("/files");
    await screen.findByText("No file yet");
    await dropOnPage(pdf("a.pdf"), pdf("b.pdf"));
    fireEvent.click(screen.getByRole("button", { name: "Cancel the upload of a.pdf" }));
    expect(screen.getByRole("button", { name: "Cancel the upload of b.pdf" })).toHaveFocus();
  });

  it("goes to the next file when one is deleted, and to the search when none is left", async () => {
    put("a.pdf", "b.pdf", "c.pdf");
    openApp("/files");
    await choose("b.pdf", "Delete");
    await pass(100);
    expect(menu("a.pdf")).toHaveFocus();
    await choose("a.pdf", "Delete");
    await pass(100);
    expect(menu("c.pdf")).toHaveFocus();
    await choose("c.pdf", "Delete");
    await pass(100);
    expect(screen.getByRole("searchbox", { name: "Search by name" })).toHaveFocus();
  });
});
