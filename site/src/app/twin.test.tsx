/** The owner's page of their twin, as the whole site has it. */
import { act, cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import { strToU8, zipSync } from "fflate";
import { beforeEach, describe, expect, it } from "vitest";

import "@/test/readableFiles";
import { refused } from "@/test/fakeCommunity";
import { entry, persona as somebody, source } from "@/test/fakeDrafts";
import { finishReading, openApp, openAsOwner, pass, pdf, person, prepareApp } from "@/test/openApp";
import { api, prepareTwin, step, type } from "@/test/ownersTwin";

configure({ asyncUtilTimeout: 10_000 });
prepareApp();
prepareTwin();

const choose = async (of: string, action: string | RegExp) => {
  await person.click(await screen.findByRole("button", { name: `Actions for ${of}` }));
  await person.click(screen.getByRole("menuitem", { name: action }));
};
const PROFILE = "First Name,Last Name,Birth Date,Headline\nAda,Lovelace,10 Dec,Analyst\n";
const zip = (files: Record<string, string>) =>
  new File([new Uint8Array(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))))], "export.zip", { type: "application/zip" });
const openArchive = async (files: Record<string, string>) => person.upload(await screen.findByLabelText("Choose the archive (.zip)", { selector: "input" }), zip(files));

describe("the twin's page", () => {
  it("is for owners, who are led to it", async () => {
    openApp("/twin");
    expect(await screen.findByText("This page is for owners")).toBeInTheDocument();
    expect(api.asked).toEqual([]);
    cleanup();
    openAsOwner("/chat");
    await person.click(await screen.findByRole("link", { name: "Your twin" }));
    expect(await screen.findByRole("heading", { name: "Sources" })).toBeInTheDocument();
    expect(document.title).toMatch(/^Your twin/);
  });

  it("makes a twin where there is none", async () => {
    api.drafts.clear();
    openAsOwner("/twin");
    await person.click(await screen.findByRole("button", { name: "Set up the twin" }));
    expect(await screen.findByText(/No source yet/)).toBeInTheDocument();
    expect(api.sent("PUT", "/drafts/me")).toEqual([{}]);
  });

  it("has several twins, each at an address of its own", async () => {
    openAsOwner("/twin");
    await person.click(await screen.findByRole("button", { name: "Which twin" }));
    await person.click(screen.getByRole("menuitem", { name: "Another twin" }));
    await type("Short name", "Not Allowed");
    expect(screen.getByRole("button", { name: "Set up the twin" })).toBeDisabled();
    await type("Short name", "grace{Enter}");
    await waitFor(() => expect(window.location.search).toBe("?twin=grace"));
    await person.click(await screen.findByRole("button", { name: "Which twin" }));
    expect(screen.getAllByRole("menuitemradio").map(({ textContent }) => textContent)).toEqual(["meAda Lovelace", "grace"]);
  });

  it("shows how far the set-up is", async () => {
    api.change({ sources: [source()], entries: [entry()], persona: somebody({ texts: {} }) });
    openAsOwner("/twin");
    const steps = within(await screen.findByRole("navigation", { name: "Steps" }));
    expect(steps.getAllByRole("button").map(({ textContent }) => textContent)).toEqual(["doneSources", "doneWhat was read", "3Persona", "4Preview", "5Publish"]);
    await person.click(screen.getByRole("button", { name: "Next" }));
    expect(screen.getByRole("heading", { name: "What was read", level: 2 })).toHaveFocus();
  });

  it("has its step in the address: it is there after a reload, and one goes back to the one before", async () => {
    openAsOwner("/twin?step=persona");
    expect(await screen.findByRole("heading", { name: "Persona", level: 2 })).toBeInTheDocument();
    await step("Publish");
    expect(window.location.search).toBe("?step=publish");
    act(() => window.history.back());
    expect(await screen.findByRole("heading", { name: "Persona", level: 2 })).toHaveFocus();
  });

  it("is tried again when it could not be loaded", async () => {
    api.instead.set("GET /drafts/me", refused(403, "forbidden"));
    openAsOwner("/twin");
    expect(await screen.findByRole("alert")).toHaveTextContent("The twin could not be loaded.");
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/No source yet/)).toBeInTheDocument();
  });
});

describe("sources", () => {
  it("are a CV, which is uploaded, read by the server, and read again until it is ready", async () => {
    openAsOwner("/twin");
    await person.upload(await screen.findByLabelText("Choose your CV", { selector: "input" }), pdf("cv.pdf"));
    expect(await screen.findByRole("list", { name: "Documents on their way" })).toHaveTextContent("cv.pdf");
    expect(api.sent("POST", "/drafts/me/sources")).toEqual([]);
    await pass(50);
    await finishReading();
    await waitFor(() => expect(api.sent("POST", "/drafts/me/sources")).toEqual([{ kind: "cv", file_id: "f1" }]));
    expect(await screen.findByRole("progressbar", { name: "Reading cv" })).toBeInTheDocument();
    expect(screen.queryByRole("list", { name: "Documents on their way" })).toBeNull();
    api.change({ sources: [source({ entries: 7 })] });
    await pass(3_000);
    expect(await screen.findByText(/7 entries/)).toBeInTheDocument();
  });

  it("say why one could not be read, and go when they are removed", async () => {
    api.change({ sources: [source({ status: "failed", error: { code: "no_text", message: "This file is a picture of a text." } })] });
    openAsOwner("/twin");
    expect(await screen.findByText("It could not be read. It is a picture of a text. Choose a document whose text can be selected.")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Remove cv.pdf" }));
    await person.click(screen.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText(/No source yet/)).toBeInTheDocument();
    expect(api.sent("DELETE", "/drafts/me/sources/s1")).toHaveLength(1);
    await waitFor(() => expect(screen.getByText(/No source yet/).parentElement).toHaveFocus());
  });

  it("are notes and links", async () => {
    openAsOwner("/twin");
    await screen.findByText(/No source yet/);
    await type("Title", "What I look for");
    await type("Text (Markdown)", "A *large* engine");
    await person.click(screen.getByRole("button", { name: "Add the note" }));
    expect(await screen.findByText("What I look for was added.")).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("");
    await type("Name", "My engine");
    await type("Address", "https://engine.example/");
    await person.click(screen.getByRole("button", { name: "Add the link" }));
    await screen.findByText("My engine was added.");
    expect(api.sent("POST", "/drafts/me/sources")).toEqual([
      { kind: "note", title: "What I look for", text: "A *large* engine" },
      { kind: "link", label: "My engine", url: "https://engine.example/" },
    ]);
  });

  it("keep what was typed when it is refused", async () => {
    api.instead.set("POST /drafts/me/sources", refused(400, "invalid_request"));
    openAsOwner("/twin");
    await screen.findByText(/No source yet/);
    await type("Title", "T");
    await type("Text (Markdown)", "Long");
    await person.click(screen.getByRole("button", { name: "Add the note" }));
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    expect(screen.getByLabelText("Text (Markdown)")).toHaveValue("Long");
  });
});

describe("LinkedIn's archive", () => {
  it("is shown before any of it is sent, and nothing but what is allowed is", async () => {
    openAsOwner("/twin");
    await openArchive({ "Profile.csv": PROFILE, "messages.csv": "FROM,CONTENT\nBob,secret\n", "Skills.csv": "Name\n" });
    const found = within(await screen.findByRole("region", { name: "Found in the archive" }));
    expect(found.getByText(/The archive of Ada Lovelace\./)).toBeInTheDocument();
    expect(found.getByText(/^Not in this archive: .*Education, .*Articles\./)).toBeInTheDocument();
    expect(found.getByText("Profile · 1 row · left out: Birth Date")).toBeInTheDocument();
    expect(found.getByText("Without a row: Skills.csv")).toBeInTheDocument();
    expect(found.getByText("Never read: 1 file")).toBeInTheDocument();
    expect(found.getByText("messages.csv")).toBeInTheDocument();
    expect(api.sent("POST", "/drafts/me/sources")).toEqual([]);
    await person.click(found.getByRole("button", { name: "Add to the twin" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Found in the archive" })).toBeNull());
    expect(api.sent("POST", "/drafts/me/sources")).toEqual([
      { kind: "linkedin", owner_name: "Ada Lovelace", files: { Profile: [{ "First Name": "Ada", "Last Name": "Lovelace", Headline: "Analyst" }] }, confirmed_name: false },
    ]);
    expect(JSON.stringify(api.asked)).not.toMatch(/secret|10 Dec/);
  });

  it("of another person is asked about", async () => {
    api.instead.set("POST /drafts/me/sources", refused(409, "another_person"));
    openAsOwner("/twin");
    await openArchive({ "Profile.csv": PROFILE.replace("Ada,Lovelace", "Charles,Babbage") });
    await person.click(await screen.findByRole("button", { name: "Add to the twin" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Is this archive yours?" }));
    expect(dialog.getByText("It is the archive of Charles Babbage, and the twin is called Ada Lovelace.")).toBeInTheDocument();
    await person.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(api.sent("POST", "/drafts/me/sources")).toHaveLength(1);
    api.instead.set("POST /drafts/me/sources", refused(409, "another_person"));
    await person.click(screen.getByRole("button", { name: "Add to the twin" }));
    await person.click(await screen.findByRole("button", { name: "Yes, add it" }));
    await waitFor(() => expect(api.sent("POST", "/drafts/me/sources").at(-1)).toMatchObject({ owner_name: "Charles Babbage", confirmed_name: true }));
    expect(await screen.findByRole("list", { name: "Sources" })).toHaveTextContent("LinkedIn archive");
  });

  it.each([
    ["another file", new File(["no zip"], "export.zip"), /This is no zip archive/],
    ["another archive", zip({ "photo.txt": "x" }), /nothing of LinkedIn’s in this archive/],
  ])("is refused with what to do: %s", async (_, file, says) => {
    openAsOwner("/twin");
    await person.upload(await screen.findByLabelText("Choose the archive (.zip)", { selector: "input" }), file);
    expect(await screen.findByRole("alert")).toHaveTextContent(says);
    expect(api.sent("POST", "/drafts/me/sources")).toEqual([]);
  });
});

describe("what was read", () => {
  beforeEach(() => {
    api.change({ sources: [source(), source({ source_id: "s2", kind: "linkedin", name: "LinkedIn" })], entries: [entry(), entry({ entry_id: "e2", section: "skills", title: "Weaving", subtitle: "", start: "", end: "", place: "", source_ids: ["s1", "s2"] })] });
  });
  const open = async () => {
    openAsOwner("/twin");
    await step("What was read");
  };

  it("stands by section, each with its source", async () => {
    await open();
    const experience = within(await screen.findByRole("list", { name: "Experience" }));
    expect(experience.getByText("Engines Ltd · 1840-01 – 1843-12 · London")).toBeInTheDocument();
    expect(experience.getByText("From cv.pdf")).toBeInTheDocument();
    expect(within(screen.getByRole("list", { name: "Skills" })).getByText("From cv.pdf, LinkedIn")).toBeInTheDocument();
  });

  it("is corrected: only what was changed is sent", async () => {
    await open();
    await choose("Analyst", /Edit/);
    await type("End", "1843-13");
    expect(screen.getByRole("alert")).toHaveTextContent("A date is a year");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await type("End", "1844");
    await person.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/1840-01 – 1844/)).toBeInTheDocument();
    expect(api.sent("PATCH", "/drafts/me/entries/e1")).toEqual([{ end: "1844" }]);
    await waitFor(() => expect(screen.getByRole("button", { name: "Actions for Analyst" })).toHaveFocus());
    await choose("Analyst", /Edit/);
    await person.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Actions for Analyst" })).toHaveFocus());
  });

  it("is hidden, and deleted with a way back", async () => {
    await open();
    await choose("Analyst", "Hide");
    expect(await screen.findByText("Hidden from visitors")).toBeInTheDocument();
    expect(api.sent("PATCH", "/drafts/me/entries/e1")).toEqual([{ is_hidden: true }]);
    await choose("Weaving", "Delete");
    await waitFor(() => expect(screen.queryByRole("list", { name: "Skills" })).toBeNull());
    await waitFor(() => expect(screen.getByRole("button", { name: "Add an entry" })).toHaveFocus());
    await person.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("list", { name: "Skills" })).toHaveTextContent("Weaving");
    expect(api.sent("POST", "/drafts/me/entries/e2/restoration")).toHaveLength(1);
  });

  it("is added to", async () => {
    await open();
    await person.click(await screen.findByRole("button", { name: "Add an entry" }));
    const form = within(screen.getByRole("form", { name: "Add an entry" }));
    await person.selectOptions(form.getByLabelText("Section"), "Languages");
    await person.type(form.getByLabelText("Title"), "French");
    await person.click(form.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("list", { name: "Languages" })).toHaveTextContent("From by hand");
    expect(api.sent("POST", "/drafts/me/entries")).toEqual([
      { section: "languages", title: "French", subtitle: "", start: "", end: "", place: "", text: "", url: "" },
    ]);
  });

  it("has conflicts side by side, with a choice", async () => {
    const both = [{ entry_id: "e1", source_id: "s1", value: "1843-12" }, { entry_id: "e2", source_id: "s2", value: "" }];
    api.change({ conflicts: [{ conflict_id: "k1", field: "end", entries: both }, { conflict_id: "k2", field: "title", entries: both }] });
    await open();
    const conflict = within(await screen.findByRole("group", { name: "End: Analyst" }));
    expect(conflict.getAllByRole("button").map(({ textContent }) => textContent)).toEqual(["1843-12cv.pdf", "nothingLinkedIn", "Both are right"]);
    await person.click(conflict.getByRole("button", { name: /1843-12/ }));
    await waitFor(() => expect(api.sent("POST", "/drafts/me/conflicts/k1")).toEqual([{ entry_id: "e1" }]));
    await waitFor(() => expect(within(screen.getByRole("group", { name: "Title: Analyst" })).getByRole("button", { name: /1843-12/ })).toHaveFocus());
    await person.click(within(await screen.findByRole("group", { name: "Title: Analyst" })).getByRole("button", { name: "Both are right" }));
    await waitFor(() => expect(api.sent("POST", "/drafts/me/conflicts/k2")).toEqual([{ entry_id: null }]));
    await waitFor(() => expect(screen.queryByText(/Your sources disagree/)).toBeNull());
  });
});
