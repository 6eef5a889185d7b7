import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { setLanguage } from "@/i18n";
import { api, openApp, pass, person, prepareApp } from "@/test/openApp";
import { storedFile } from "@/test/records";

const list = () => screen.findByRole("list", { name: "Your files" });

prepareApp();

describe("the Files page, of how a file was read,", () => {
  it("says what was left out of a file, in its language", async () => {
    const notes = [
      { code: "hidden_sheets", pages: [], names: ["Costs"], count: 1 },
      { code: "pictures", pages: [[40, 90]], names: [], count: 51 },
    ];
    api.files.put(storedFile({ file_id: "s1", name: "budget.pdf", notes }));
    openApp("/files");
    const said = await screen.findByRole("list", { name: "What to know about its text" });
    expect(within(said).getAllByRole("listitem").map((each) => each.textContent)).toEqual([
      "Pages 40–90 are pictures and were not read.",
      "Hidden sheets, read as well: “Costs”.",
    ]);
    act(() => setLanguage("fr"));
    expect(said).toHaveTextContent("Les pages 40–90 sont des images et n’ont pas été lues.");
    act(() => setLanguage("en"));
  });

  it("offers to read a file of before again, and says how far that is and what came of it", async () => {
    const error = { code: "no_text", message: "" };
    api.files.put(storedFile({ file_id: "s1", name: "torn.pdf", status: "failed", error, outdated: true }));
    api.files.put(storedFile({ file_id: "s2", name: "form.pdf", outdated: true }));
    openApp("/files");
    const [form, torn] = within(await list()).getAllByRole("listitem");
    expect(form).toHaveTextContent("read by an earlier version of the reader");
    await person.click(screen.getByRole("button", { name: "Read form.pdf again" }));
    await waitFor(() => expect(form).toHaveTextContent("Being read again; what was read before is used until then."));
    expect(api.sent("POST", /^\/files\/s2\/reading$/)).toHaveLength(1);
    expect(screen.queryByRole("button", { name: "Read form.pdf again" })).toBeNull();

    api.files.put({ file_id: "s2", again: "failed", again_error: { code: "too_slow", message: "" }, outdated: true });
    await pass(5_000);
    expect(form).toHaveTextContent("It could not be read again; what was read before stays. Reading the file took too long.");
    await person.click(screen.getByRole("button", { name: "Read form.pdf again" }));
    await waitFor(() => expect(form).toHaveTextContent("Being read again"));
    api.files.put({ file_id: "s2", again: null, again_error: null, pages: 3 });
    await pass(5_000);
    await waitFor(() => expect(form).toHaveTextContent("3 pages"));
    expect(form).not.toHaveTextContent("again");

    expect(torn).toHaveTextContent("it may read this file now");
    await person.click(screen.getByRole("button", { name: "Read torn.pdf again" }));
    await waitFor(() => expect(torn).toHaveTextContent("Waiting: two of your files"));
    expect(torn).not.toHaveTextContent("There is no text");
  });
});
