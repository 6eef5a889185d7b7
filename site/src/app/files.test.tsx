import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { conversation, storedFile } from "@/test/records";

import { api, carried, composer, dropOnPage, finishReading, openApp, pass, pdf, person, prepareApp } from "@/test/openApp";

const chips = () => screen.getByRole("list", { name: "Attached files" });
const sendButton = () => screen.getByRole("button", { name: "Send" });
const posts = () => api.sent("POST", /^\/conversations(\/c1\/messages)?$/);

async function drop(...files: File[]): Promise<void> {
  await composer();
  await dropOnPage(...files);
}

/** A conversation whose one message, "First", has a file and an answer. */
async function openAnswered(): Promise<void> {
  openApp("/c/c1");
  await drop(pdf());
  await finishReading();
  await person.type(await composer(), "First{Enter}");
  await pass(500);
  api.finish(api.messages[1]?.message_id ?? "");
  await pass(4_000);
}

/** A text that is long enough for a file, in the clipboard. */
const long = "long ".repeat(1_000);
const longText = { types: ["text/plain"], getData: (type: string) => (type === "text/plain" ? long : "") };

prepareApp();

describe("attaching a file", () => {
  it("by choice: it is uploaded to the storage with all fields, shows how far it is, and what it is", async () => {
    openApp("/c/c1");
    await composer();
    const input = document.querySelector<HTMLInputElement>("input[type=file]");
    expect(input).toHaveAttribute("multiple");
    await person.upload(input as HTMLInputElement, pdf());
    await pass(50);
    expect(api.sent("POST", /^\/files$/)[0]?.body).toEqual({ name: "thesis.pdf", size: 8, type: "application/pdf" });
    const [upload] = api.files.uploads;
    expect([...(upload?.form.keys() ?? [])]).toEqual(["key", "policy", "file"]);
    act(() => upload?.upload.onprogress?.({ loaded: 4 }));
    expect(within(chips()).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "50");
    act(() => upload?.end(204));
    const notes = [{ code: "pictures", pages: [[3, 6]], names: [], count: 4 }];
    api.files.put({ file_id: "f1", status: "reading", pages: 212, pages_read: 40, notes });
    await pass(3_000);
    expect(chips()).toHaveTextContent("Reading 40 of 212 pages");
    expect(chips()).not.toHaveTextContent("pictures");
    await finishReading();
    expect(chips()).toHaveTextContent("212 pages, about 90,000 tokens");
    expect(chips()).toHaveTextContent("Pages 3–6 are pictures and were not read.");
    expect(screen.getAllByRole("status").some((region) => region.textContent?.includes("tokens. Pages 3–6 are pictures"))).toBe(true);
    expect(screen.getAllByRole("status").some((region) => region.textContent?.includes("thesis.pdf is read: 212 pages"))).toBe(true);
  });

  it("by dropping it anywhere; folders and what cannot be read are refused with a reason, and nothing of them is sent", async () => {
    openApp("/c/c1");
    await composer();
    fireEvent.dragEnter(window, { dataTransfer: carried(pdf()) });
    expect(screen.getByText("Drop to attach")).toBeInTheDocument();
    const folder = { kind: "file", getAsFile: () => pdf("papers"), webkitGetAsEntry: () => ({ isDirectory: true }) };
    const items = [...carried(pdf(), pdf("setup.exe")).items, folder];
    fireEvent.drop(window, { dataTransfer: { types: ["Files"], items } });
    await pass(50);
    expect(screen.queryByText("Drop to attach")).toBeNull();
    const alert = screen.getByRole("alert");
    expect(alert).toHaveTextContent("setup.exe was left out. Programs are not accepted.");
    expect(alert).toHaveTextContent("papers was left out. A folder cannot be attached.");
    expect(api.sent("POST", /^\/files$/)).toHaveLength(1);
    await person.click(within(alert).getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(within(chips()).getByText("thesis.pdf")).toBeInTheDocument();
  });

  it("up to twenty for a message", async () => {
    openApp("/c/c1");
    await drop(...Array.from({ length: 22 }, (_, index) => pdf(`${index}.pdf`)));
    expect(within(chips()).getAllByRole("listitem")).toHaveLength(20);
    expect(screen.getByRole("alert")).toHaveTextContent("Only 20 files fit in one message; 2 were left out: 20.pdf and 21.pdf.");
  });

  it("is cancelled on its way, and the server forgets it", async () => {
    openApp("/c/c1");
    await drop(pdf());
    await person.click(screen.getByRole("button", { name: "Cancel the upload of thesis.pdf" }));
    await pass(50);
    expect(api.files.uploads[0]?.isAborted).toBe(true);
    expect(api.sent("DELETE", /^\/files\/f1$/)).toHaveLength(1);
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
    expect(await composer()).toHaveFocus();
  });

  it("is tried again when the connection broke off", async () => {
    openApp("/c/c1");
    await drop(pdf());
    act(() => api.files.uploads[0]?.end(0));
    await pass(50);
    expect(chips()).toHaveTextContent("The connection broke off.");
    await person.click(screen.getByRole("button", { name: "Upload thesis.pdf again" }));
    await pass(50);
    await finishReading(1);
    expect(chips()).toHaveTextContent("212 pages");
  });
});

describe("pasting", () => {
  const paste = async (clipboard: object): Promise<void> => {
    fireEvent.paste(await composer(), { clipboardData: { types: [], files: [], getData: () => "", ...clipboard } });
    await pass(50);
  };

  it("a long text makes a file of it, and gives it back as text where it was meant", async () => {
    openApp("/c/c1");
    await person.type(await composer(), "Before and after");
    (await composer() as HTMLTextAreaElement).setSelectionRange(6, 6);
    await paste(longText);
    expect(await composer()).toHaveValue("Before and after");
    expect(within(chips()).getByText("pasted-text.txt")).toBeInTheDocument();
    expect(api.files.uploads[0]?.file.size).toBe(long.length);
    await person.click(screen.getByRole("button", { name: "Insert as text instead" }));
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
    expect(await composer()).toHaveValue(`Before${long} and after`);
  });

  it("a long text that is given back after the draft was changed takes nothing of it away", async () => {
    openApp("/c/c1");
    await person.type(await composer(), "Replace all of this");
    (await composer() as HTMLTextAreaElement).setSelectionRange(0, 19);
    await paste(longText);
    await person.clear(await composer());
    await person.type(await composer(), "Written since");
    (await composer() as HTMLTextAreaElement).setSelectionRange(7, 7);
    await person.click(screen.getByRole("button", { name: "Insert as text instead" }));
    expect(await composer()).toHaveValue(`Written${long} since`);
  });

  it("a long text stays text when twenty files are attached", async () => {
    openApp("/c/c1");
    await drop(...Array.from({ length: 20 }, (_, index) => pdf(`${index}.pdf`)));
    // False: somebody else than the browser has taken care of it.
    expect(fireEvent.paste(await composer(), { clipboardData: { files: [], ...longText } })).toBe(true);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("a picture attaches it under a name of its own", async () => {
    openApp("/c/c1");
    const picture = () => new File(["x"], "image.png", { type: "image/png" });
    await paste({ files: [picture()] });
    await paste({ files: [picture()] });
    expect(within(chips()).getByText("pasted-image.png")).toBeInTheDocument();
    expect(within(chips()).getByText("pasted-image-2.png")).toBeInTheDocument();
  });
});

describe("sending", () => {
  it("while a file is read holds the message, tells why, and sends it with the file's id", async () => {
    openApp("/c/c1");
    await drop(pdf());
    await person.type(await composer(), "What does it say?{Enter}");
    expect(await screen.findByText(/waits until thesis.pdf is read/)).toBeInTheDocument();
    expect(await composer()).toHaveValue("");
    await pass(5_000);
    expect(posts()).toHaveLength(0);
    await finishReading();
    expect(posts().map((post) => post.body)).toEqual([expect.objectContaining({ text: "What does it say?", file_ids: ["f1"] })]);
    expect(screen.queryByText(/waits until/)).toBeNull();
    const sent = screen.getByRole("article", { name: "Your message" });
    expect(within(sent).getByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription("212 pages");
    expect(screen.getByRole("button", { name: "1 file" })).toBeInTheDocument();
    expect(localStorage.getItem("chatapp.unsent.ada.c1")).toBeNull();
    expect(Object.keys(localStorage).filter((key) => key.includes("upload."))).toEqual([]);
  });

  it("a first message takes its files into the new conversation", async () => {
    openApp("/chat");
    await drop(pdf());
    await finishReading();
    await person.type(await composer(), "Hi{Enter}");
    await waitFor(() => expect(window.location.pathname).toMatch(/^\/c\/c-/));
    expect(posts()[0]?.body).toMatchObject({ message: { text: "Hi", file_ids: ["f1"] } });
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  it("what is written and attached while the first message waits goes on in the new conversation", async () => {
    openApp("/chat");
    await drop(pdf());
    await person.type(await composer(), "Hi{Enter}");
    await person.type(await composer(), "And another thing");
    await drop(pdf("notes.pdf"));
    await finishReading();
    await waitFor(() => expect(window.location.pathname).toMatch(/^\/c\/c-/));
    expect(await composer()).toHaveValue("And another thing");
    expect(chips()).toHaveTextContent("notes.pdf");
    await person.click(screen.getByRole("button", { name: "New conversation" }));
    expect(await composer()).toHaveValue("");
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  it("puts the message back to waiting when the server finds a file unready", async () => {
    openApp("/c/c1");
    await drop(pdf());
    await finishReading();
    api.files.put({ file_id: "f1", status: "reading", pages_read: 3 });
    await person.type(await composer(), "Now?{Enter}");
    expect(await screen.findByText(/waits until thesis.pdf is read/)).toBeInTheDocument();
    await pass(6_000);
    expect(posts()).toHaveLength(1);
    api.files.put({ file_id: "f1", status: "ready" });
    await pass(6_000);
    expect(posts()).toHaveLength(2);
    expect(posts()[1]?.body).toEqual(posts()[0]?.body);
  });

  it("gives the message back with the reason when its file cannot be read, and loses nothing", async () => {
    openApp("/c/c1");
    await drop(pdf(), pdf("notes.pdf"));
    await person.type(await composer(), "Compare them{Enter}");
    await finishReading(1);
    await finishReading(0, { status: "failed", error: { code: "encrypted_pdf", message: "password" } });
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("thesis.pdf: The PDF is protected by a password.");
    expect(within(alert).queryByRole("button", { name: "Try again" })).toBeNull();
    expect(posts()).toHaveLength(0);
    await person.click(within(alert).getByRole("button", { name: "Edit" }));
    expect(await composer()).toHaveValue("Compare them");
    expect(within(chips()).getAllByRole("listitem")).toHaveLength(2);
    expect(sendButton()).toBeDisabled();
    await person.click(screen.getByRole("button", { name: "Remove thesis.pdf" }));
    await person.click(sendButton());
    await pass(500);
    expect(posts()[0]?.body).toMatchObject({ text: "Compare them", file_ids: ["f2"] });
  });

  it("is tried again with its file when only the connection broke off", async () => {
    openApp("/c/c1");
    await drop(pdf());
    await person.type(await composer(), "Once more{Enter}");
    act(() => api.files.uploads[0]?.end(0));
    await person.click(within(await screen.findByRole("alert")).getByRole("button", { name: "Try again" }));
    await pass(50);
    await finishReading(1);
    expect(posts().map((post) => post.body)).toEqual([expect.objectContaining({ text: "Once more", file_ids: ["f2"] })]);
  });

  it("goes on after a reload in between", async () => {
    const { unmount } = openApp("/c/c1");
    await drop(pdf());
    act(() => api.files.uploads[0]?.end(204));
    await person.type(await composer(), "Still there?{Enter}");
    await screen.findByText(/waits until thesis.pdf is read/);
    unmount();
    openApp("/c/c1");
    expect(await screen.findByText(/waits until thesis.pdf is read/)).toBeInTheDocument();
    api.files.put({ file_id: "f1", status: "ready" });
    await pass(6_000);
    expect(posts()).toHaveLength(1);
    expect(posts()[0]?.body).toMatchObject({ text: "Still there?", file_ids: ["f1"] });
  });

  it("an edited message keeps its files", async () => {
    await openAnswered();
    await person.click(screen.getByRole("button", { name: "Edit" }));
    const field = screen.getByRole("textbox", { name: "Edit your message" });
    await person.clear(field);
    await person.type(field, "Second");
    await person.click(screen.getByRole("button", { name: "Send edited" }));
    await pass(1_000);
    expect(posts()[1]?.body).toMatchObject({ text: "Second", parent_id: null, file_ids: ["f1"] });
  });
});

describe("editing a message whose file was deleted", () => {
  const edit = async (): Promise<void> => {
    await openAnswered();
    api.files.files.delete("f1");
    await person.click(screen.getByRole("button", { name: "Edit" }));
  };

  it("goes out as an edit when the file was taken out", async () => {
    await edit();
    const form = screen.getByRole("form", { name: "Edit your message" });
    await person.click(within(form).getByRole("button", { name: "Remove thesis.pdf" }));
    expect(screen.getByRole("textbox", { name: "Edit your message" })).toHaveFocus();
    await person.click(screen.getByRole("button", { name: "Send edited" }));
    await pass(1_000);
    expect(posts()[1]?.body).toMatchObject({ text: "First", parent_id: null });
    expect(posts()[1]?.body).not.toHaveProperty("file_ids");
  });

  it("is still an edit after it was refused and taken back", async () => {
    await edit();
    await person.click(screen.getByRole("button", { name: "Send edited" }));
    await pass(1_000);
    await person.click(within(await screen.findByRole("alert")).getByRole("button", { name: "Edit" }));
    expect(screen.getByText(/goes back to where it was taken from/)).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Remove thesis.pdf" }));
    await person.click(sendButton());
    await pass(1_000);
    expect(posts()[2]?.body).toMatchObject({ text: "First", parent_id: null });
    expect(screen.queryByText(/goes back to where/)).toBeNull();
  });
});

it("the files of a draft stay with it: in another conversation, after a reload", async () => {
  const { unmount } = openApp("/c/c1");
  await drop(pdf());
  await finishReading();
  await person.click(screen.getByRole("button", { name: "New conversation" }));
  expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  await person.click(await screen.findByRole("link", { name: "Cats" }));
  expect(chips()).toHaveTextContent("thesis.pdf");
  unmount();
  openApp("/c/c1");
  await composer();
  await pass(500);
  expect(chips()).toHaveTextContent("212 pages");
});

it("a file that this browser lost stands in the way of its message until it is taken out", async () => {
  localStorage.setItem("chatapp.draft.ada.c1", "With its file");
  localStorage.setItem("chatapp.draft-files.ada.c1", '["lost"]');
  openApp("/c/c1");
  await composer();
  expect(sendButton()).toBeDisabled();
  expect(chips()).toHaveTextContent("no longer knows this file");
  await person.click(screen.getByRole("button", { name: "Remove A file" }));
  expect(sendButton()).toBeEnabled();
});

it("what is dropped on a conversation that does not exist is not uploaded", async () => {
  openApp("/c/nowhere");
  await screen.findByText("This conversation does not exist");
  fireEvent.drop(window, { dataTransfer: carried(pdf()) });
  await pass(100);
  expect(api.sent("POST", /^\/files$/)).toHaveLength(0);
});

it("a conversation's files can be taken out and put back", async () => {
  api.conversations.set("c1", conversation({ file_ids: ["f1", "f2"] }));
  api.files.put(storedFile());
  api.files.put(storedFile({ file_id: "f2", name: "budget.xlsx" }));
  openApp("/c/c1");
  await person.click(await screen.findByRole("button", { name: "2 files" }));
  await person.click(await screen.findByRole("button", { name: "Remove budget.xlsx from the conversation" }));
  await pass(100);
  expect(api.conversations.get("c1")?.file_ids).toEqual(["f1"]);
  expect(screen.getByRole("button", { name: "1 file" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Open budget.xlsx" })).toHaveAccessibleDescription(/^Taken out · /);
  await person.click(screen.getByRole("button", { name: "Undo" }));
  await pass(100);
  expect(api.sent("PUT", /^\/conversations\/c1\/files\/f2$/)).toHaveLength(1);
  expect(screen.getByRole("button", { name: "2 files" })).toBeInTheDocument();
});
