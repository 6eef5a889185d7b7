import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { FakeApi } from "@/test/fakeApi";
import { conversation, storedFile } from "@/test/records";

import { openApp } from "./openApp";

let api: FakeApi;

beforeEach(() => {
  api = new FakeApi();
  api.install();
  api.conversations.set("c1", conversation({ file_ids: ["f1", "f2"] }));
  api.files.put(storedFile());
  api.files.put(storedFile({ file_id: "f2", name: "budget.xlsx" }));
});

afterEach(() => vi.unstubAllGlobals());

it("the focus goes to the next of a conversation's files when one is taken out", async () => {
  openApp("/c/c1");
  await userEvent.click(await screen.findByRole("button", { name: "2 files" }));
  expect(await screen.findByRole("button", { name: "Open thesis.pdf" })).toHaveAccessibleDescription("212 pages, about 90,000 tokens");
  await userEvent.click(await screen.findByRole("button", { name: "Remove thesis.pdf from the conversation" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Remove thesis/ })).toBeNull());
  expect(screen.getByRole("button", { name: "Remove budget.xlsx from the conversation" })).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  const empty = await screen.findByText("No file is left in this conversation.");
  expect(empty.parentElement).toHaveFocus();
});

const reads = () => api.sent("GET", /^\/conversations\/c1\/files$/);

it("counts the files that still exist before its list is opened, from one read", async () => {
  api.conversations.set("c1", conversation({ file_ids: ["f1", "f2", "deleted"] }));
  openApp("/c/c1");
  const button = await screen.findByRole("button", { name: /^\d files?$/ });
  expect(button).toHaveAccessibleName("2 files");
  await userEvent.click(button);
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
