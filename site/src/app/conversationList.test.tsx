import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { conversation } from "@/test/records";

import { api, openApp as open, pass, person, prepareApp } from "@/test/openApp";

prepareApp();

const known = (id: string, title: string, minute: number, fields = {}): void => {
  const timestamp = `2026-11-21T12:${String(minute).padStart(2, "0")}:00.000Z`;
  api.conversations.set(id, conversation({ conversation_id: id, title, timestamp, ...fields }));
};

const choose = async (title: string, action: string): Promise<void> => {
  await person.click(await screen.findByRole("button", { name: `Actions for “${title}”` }));
  await person.click(screen.getByRole("menuitem", { name: action }));
  await pass(300);
};

const actionsFor = (title: string): HTMLElement => screen.getByRole("button", { name: `Actions for “${title}”` });

describe("the list of conversations", () => {
  it.each(["Delete", "Archive"])("gives the focus on to the next row, the last row, the list: %s", async (action) => {
    known("c1", "Cats", 30);
    known("c2", "Dogs", 20);
    known("c3", "Owls", 10);
    open("/files");
    await choose("Dogs", action);
    await waitFor(() => expect(actionsFor("Owls")).toHaveFocus());
    await choose("Owls", action);
    await waitFor(() => expect(actionsFor("Cats")).toHaveFocus());
    await choose("Cats", action);
    await waitFor(() => expect(screen.getByRole("navigation", { name: "Conversations" })).toHaveFocus());
  });

  it("says of the archive that it is one", async () => {
    known("c2", "Old plans", 5, { archived: true });
    open("/files");
    await person.click(await screen.findByRole("button", { name: "Archived conversations" }));
    const archive = await screen.findByRole("navigation", { name: "Archived conversations" });
    expect(within(archive).getByRole("heading", { level: 2, name: "Archived conversations" })).toBeInTheDocument();
    expect(await within(archive).findByRole("link", { name: "Old plans" })).toBeInTheDocument();
    await person.click(within(archive).getByRole("button", { name: "All conversations" }));
    expect(await screen.findByRole("link", { name: "Cats" })).toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Archived conversations" })).toBeNull();
  });
});
