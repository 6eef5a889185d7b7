import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { conversation, message, storedFile } from "@/test/records";

import { api, openApp, pass, person, prepareApp } from "@/test/openApp";

prepareApp();

beforeEach(() => {
  api.conversations.set("c1", conversation({ file_ids: ["f1", "f2"] }));
  api.files.put(storedFile());
  api.files.put(storedFile({ file_id: "f2", name: "budget.xlsx" }));
});

/** As long as a person takes between two clicks that are no double one. */
const settle = () => pass(450);
const attachedTo = (id: string, fileIds: string[]) =>
  api.messages.push(message({ message_id: id, files: fileIds.map((fileId) => api.files.attached(fileId)) }));

it("a file that is taken out stays in its place, with the focus on the way back", async () => {
  openApp("/c/c1");
  await person.click(await screen.findByRole("button", { name: "2 files" }));
  expect(await screen.findByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription("212 pages, about 90,000 tokens");
  await person.click(screen.getByRole("button", { name: "Remove thesis.pdf from the conversation" }));
  const back = await screen.findByRole("button", { name: "Put back thesis.pdf" });
  expect(back).toHaveFocus();
  expect(screen.getByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription(/^Taken out · 212 pages/);
  const rows = within(screen.getByRole("region", { name: "Files of this conversation" })).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent?.slice(0, 6))).toEqual(["thesis", "budget"]);
  await settle();
  await person.keyboard("{Enter}");
  expect(await screen.findByRole("button", { name: "Remove thesis.pdf from the conversation" })).toHaveFocus();
  expect(screen.getByRole("button", { name: "2 files" })).toBeInTheDocument();
  await person.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Files of this conversation" })).toBeNull();
  expect(screen.getByRole("button", { name: "2 files" })).toHaveFocus();
});

it("a double click takes out one file, and puts none back", async () => {
  openApp("/c/c1");
  await person.click(await screen.findByRole("button", { name: "2 files" }));
  const remove = await screen.findByRole("button", { name: "Remove thesis.pdf from the conversation" });
  await person.click(remove);
  await person.click(await screen.findByRole("button", { name: "Put back thesis.pdf" }));
  expect(api.sent("DELETE", /./)).toHaveLength(1);
  expect(api.sent("PUT", /./)).toHaveLength(0);
  await settle();
  await person.dblClick(screen.getByRole("button", { name: "Remove budget.xlsx from the conversation" }));
  expect(await screen.findByRole("button", { name: "Put back budget.xlsx" })).toBeInTheDocument();
  expect(api.sent("DELETE", /./)).toHaveLength(2);
  expect(api.sent("PUT", /./)).toHaveLength(0);
});

it("Escape closes the list when nothing has the focus", async () => {
  openApp("/c/c1");
  await person.click(await screen.findByRole("button", { name: "2 files" }));
  act(() => (document.activeElement as HTMLElement).blur());
  await person.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Files of this conversation" })).toBeNull();
});

it("files that were taken out earlier are listed from the messages, and can be put back", async () => {
  attachedTo("m1", ["f1", "f2"]);
  api.conversations.set("c1", conversation({ head: "m1", file_ids: [] }));
  openApp("/c/c1");
  const button = await screen.findByRole("button", { name: "No files" });
  expect(reads()).toHaveLength(0);
  const chips = screen.getByRole("list", { name: "Files of this message" });
  expect(within(chips).getByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription(/^Taken out · 212 pages/);
  await person.click(button);
  const out = screen.getByRole("list", { name: "Taken out of the conversation" });
  expect(within(out).getAllByRole("listitem")).toHaveLength(2);
  await person.click(within(out).getByRole("button", { name: "Put back budget.xlsx" }));
  expect(await screen.findByRole("button", { name: "1 file" })).toBeInTheDocument();
  expect(api.conversations.get("c1")?.file_ids).toEqual(["f2"]);
  expect(within(chips).getByRole("button", { name: "Open budget.xlsx" })).not.toHaveAccessibleDescription(/Taken out/);
  expect(within(out).getByRole("button", { name: "Remove budget.xlsx from the conversation" })).toHaveFocus();
});

it("a file that was deleted since cannot be put back, and is told as deleted", async () => {
  attachedTo("m1", ["f1", "f2"]);
  api.conversations.set("c1", conversation({ head: "m1", file_ids: ["f2"] }));
  api.files.files.delete("f1");
  openApp("/c/c1");
  await person.click(await screen.findByRole("button", { name: "1 file" }));
  await person.click(await screen.findByRole("button", { name: "Put back thesis.pdf" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("thesis.pdf was deleted and cannot be put back.");
  expect(screen.queryByRole("button", { name: "Put back thesis.pdf" })).toBeNull();
  for (const file of screen.getAllByRole("button", { name: "Open thesis.pdf" })) {
    expect(file).toHaveAccessibleDescription(/^Deleted · /);
  }
});

it("a message's chip says that its file was deleted, from the one read of the conversation's files", async () => {
  attachedTo("m1", ["f1", "f2"]);
  api.conversations.set("c1", conversation({ head: "m1", file_ids: ["f1", "f2"] }));
  api.files.files.delete("f1");
  openApp("/c/c1");
  await screen.findByRole("button", { name: "1 file" });
  expect(screen.getByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription(/^Deleted · 212 pages/);
  expect(screen.getByRole("button", { name: "Open budget.xlsx" })).toHaveAccessibleDescription("212 pages");
  expect(reads()).toHaveLength(1);
});

const reads = () => api.sent("GET", /^\/conversations\/c1\/files$/);

it("counts the files that still exist before its list is opened, from one read", async () => {
  api.conversations.set("c1", conversation({ file_ids: ["f1", "f2", "deleted"] }));
  openApp("/c/c1");
  const button = await screen.findByRole("button", { name: /^\d files?$/ });
  expect(button).toHaveAccessibleName("2 files");
  await person.click(button);
  expect(await screen.findByRole("button", { name: "Open thesis.pdf" })).toBeInTheDocument();
  expect(reads()).toHaveLength(1);
});

it("shows nothing when all were deleted, and reads nothing where there are none", async () => {
  api.conversations.set("c1", conversation({ file_ids: ["deleted"] }));
  api.conversations.set("c2", conversation({ conversation_id: "c2", title: "Dogs" }));
  const { unmount } = openApp("/c/c1");
  await waitFor(() => expect(reads()).toHaveLength(1));
  expect(await screen.findByRole("heading", { name: "Cats" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^\d files?$/ })).toBeNull();
  unmount();
  openApp("/c/c2");
  expect(await screen.findByRole("heading", { name: "Dogs" })).toBeInTheDocument();
  expect(api.sent("GET", /^\/conversations\/c2\/files$/)).toHaveLength(0);
});
