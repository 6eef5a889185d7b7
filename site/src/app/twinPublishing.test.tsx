/** The owner's page of their twin: how it speaks, what visitors would see, and what is published. */
import { configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { refused } from "@/test/fakeCommunity";
import { entry, persona as somebody } from "@/test/fakeDrafts";
import { openAsOwner, pass, person, prepareApp } from "@/test/openApp";
import { api, prepareTwin, step, type } from "@/test/ownersTwin";

configure({ asyncUtilTimeout: 10_000 });
prepareApp();
prepareTwin();

describe("the persona", () => {
  const open = async () => {
    openAsOwner("/twin");
    await step("Persona");
  };

  it("is saved with all that was typed, per language", async () => {
    await open();
    await type("Headline", "Countess of numbers");
    await type("Contact: email address or web address", "ada@example.com");
    await type("Links under the name", "My engine https://engine.example/");
    await person.click(screen.getByRole("radio", { name: "in the third person" }));
    await person.click(screen.getByRole("radio", { name: "Français" }));
    await type("Greeting", "Bonjour");
    await type("What it does not talk about", "salaire{Enter}santé");
    await person.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Save" })).toBeNull());
    expect(api.sent("PATCH", "/drafts/me")).toMatchObject([
      {
        revision: 1,
        persona: {
          name: "Ada Lovelace",
          headline: "Countess of numbers",
          voice: "third",
          languages: ["en", "fr"],
          contact: { label: "ada@example.com", url: "mailto:ada@example.com" },
          links: [{ label: "My engine", url: "https://engine.example/" }],
          texts: { fr: { greeting: "Bonjour", off_limits: ["salaire", "santé"] }, en: { greeting: "" } },
        },
      },
    ]);
  });

  it("is not left with what was typed before the browser has asked", async () => {
    await open();
    const isAsked = (): boolean => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(isAsked()).toBe(false);
    await type("Headline", "Mine");
    expect(isAsked()).toBe(true);
    await person.click(screen.getByRole("button", { name: "Discard what I typed" }));
    expect(isAsked()).toBe(false);
  });

  it("says what is wrong before it is sent", async () => {
    await open();
    await type("Contact: email address or web address", "javascript:alert(1)");
    expect(screen.getByRole("alert")).toHaveTextContent("A contact is an email address");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await person.click(screen.getByRole("button", { name: "Discard what I typed" }));
    expect(screen.getByLabelText("Contact: email address or web address")).toHaveValue("");
  });

  it("keeps what was typed when another owner was faster, and says so", async () => {
    await open();
    await type("Headline", "Mine");
    api.change({ persona: somebody({ name: "Ada King", headline: "Theirs" }) });
    await person.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/The twin was changed meanwhile.*These were changed there, too: Headline\./)).toBeInTheDocument();
    expect(screen.getByLabelText("Headline")).toHaveValue("Mine");
    expect(screen.getByLabelText("Name", { selector: "[autocomplete=name]" })).toHaveValue("Ada King");
    await person.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(api.me.persona).toMatchObject({ name: "Ada King", headline: "Mine" }));
    expect(api.sent("PATCH", "/drafts/me").map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it("takes the other owner's in place of one's own where that is wanted", async () => {
    await open();
    await type("Headline", "Mine");
    await type("Tone", "warm");
    api.change({ persona: somebody({ headline: "Theirs" }) });
    await person.click(screen.getByRole("button", { name: "Save" }));
    await person.click(await screen.findByRole("button", { name: "Take those in place of mine" }));
    expect(screen.getByLabelText("Headline")).toHaveValue("Theirs");
    expect(screen.getByLabelText("Tone")).toHaveValue("warm");
  });

  it("has questions written, and waits for them", async () => {
    api.change({ entries: [entry()] });
    await open();
    await person.click(await screen.findByRole("button", { name: "Have them written" }));
    expect(await screen.findByRole("button", { name: "They are being written…" })).toBeDisabled();
    const { texts } = api.me.persona;
    const written = { ...texts, en: { greeting: "", suggested_questions: ["What is an engine?"], topics: "", off_limits: [] } };
    api.change({ persona: somebody({ texts: written }), suggesting: null });
    await pass(3_000);
    expect(screen.getByLabelText("Suggested questions")).toHaveValue("What is an engine?");
    expect(screen.getByRole("button", { name: "Have them written" })).toBeEnabled();
    expect(api.sent("POST", "/drafts/me/questions")).toEqual([{ language: "en" }]);
  });

  it("says why questions could not be written", async () => {
    api.change({ entries: [entry()], suggesting: { language: "en", status: "failed", error: { code: "no_suggestion", message: "…" } } });
    await open();
    expect(await screen.findByRole("alert")).toHaveTextContent("Claude found no question. Try again.");
    expect(screen.getByRole("button", { name: "Have them written" })).toBeEnabled();
  });

  it("refuses a photo that is none, kindly", async () => {
    await open();
    const svg = new File(["<svg onload='steal()'/>"], "me.svg", { type: "image/svg+xml" });
    fireEvent.change(screen.getByLabelText("Choose a photo", { selector: "input" }), { target: { files: [svg] } });
    expect(await screen.findByRole("alert")).toHaveTextContent("This is a drawing (SVG)");
    expect(api.sent("PUT", "/drafts/me/photo")).toEqual([]);
  });
});

describe("preview and publication", () => {
  it("shows the page and the chat as a visitor has them", async () => {
    if (!customElements.get("chatapp-twin")) customElements.define("chatapp-twin", class extends HTMLElement { profile = null; });
    api.change({ entries: [entry(), entry({ entry_id: "e2", title: "Secret", is_hidden: true })] });
    openAsOwner("/twin");
    await step("Preview");
    await person.click(screen.getByRole("button", { name: "Show the preview" }));
    const page = within(await screen.findByRole("region", { name: "The page as a visitor sees it" }));
    expect(page.getByText("Engines Ltd · 1840-01 · 1843-12 · London")).toBeInTheDocument();
    expect(page.queryByText("Secret")).toBeNull();
    await waitFor(() => expect(document.querySelector("chatapp-twin")).not.toBeNull());
    const element = document.querySelector("chatapp-twin");
    expect(["handle", "preview-token", "lang"].map((name) => element?.getAttribute(name))).toEqual(["me", "token", "en"]);
    expect(element).toHaveProperty("profile.name", "Ada Lovelace");
    expect(element).toHaveTextContent("Open the chat");
  });

  it("says why there is no preview, and when there is nothing on it", async () => {
    api.instead.set("POST /drafts/me/preview", refused(429, "budget_spent"));
    openAsOwner("/twin");
    await step("Preview");
    await person.click(screen.getByRole("button", { name: "Show the preview" }));
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Show the preview" }));
    expect(await screen.findByText("The page has nothing on it yet.")).toBeInTheDocument();
  });

  const openPublish = async () => {
    openAsOwner("/twin");
    await step("Publish");
    return within(await screen.findByRole("region", { name: "Publish" }));
  };

  it("publishes what was read, and waits for the page", async () => {
    const card = await openPublish();
    expect(card.getByText(/Nothing is published yet/)).toBeInTheDocument();
    await person.click(card.getByRole("button", { name: "Publish" }));
    expect(await card.findByText(/Published on .*The draft is what is published\./)).toBeInTheDocument();
    expect(card.getByText("The page is being written…")).toBeInTheDocument();
    expect(card.getByRole("link", { name: "Open the page" })).toHaveAttribute("href", "https://site.test/");
    expect(api.sent("POST", "/drafts/me/publications")).toEqual([{ revision: 1 }]);
    expect(card.getByRole("button", { name: "Publish the changes" })).toBeDisabled();
    api.drafts.set("me", { ...api.me, page: { ...api.me.page, rendered_version: 1 } });
    await pass(3_000);
    expect(card.queryByText("The page is being written…")).toBeNull();
  });

  it("says when the page is late, and has it written again", async () => {
    const at = "2026-11-20T12:00:00.000Z";
    api.change({ published_version: 1, published_at: at, versions: [{ version: 1, published_at: at, is_current: true }] });
    const card = await openPublish();
    await pass(59_000);
    expect(card.queryByRole("button", { name: "Write it again" })).toBeNull();
    await pass(2_000);
    expect(card.getByRole("status")).toHaveTextContent("The page is late");
    await person.click(card.getByRole("button", { name: "Write it again" }));
    await waitFor(() => expect(api.sent("POST", "/drafts/me/versions/1/publication")).toHaveLength(1));
  });

  it("publishes nothing that the owner has not seen", async () => {
    const card = await openPublish();
    api.change({ entries: [entry()] });
    await person.click(card.getByRole("button", { name: "Publish" }));
    expect(await card.findByRole("alert")).toHaveTextContent("The twin was changed meanwhile. It is shown as it is now");
    expect(api.me.published_version).toBeNull();
    await person.click(card.getByRole("button", { name: "Publish" }));
    await waitFor(() => expect(api.me.published_version).toBe(1));
    expect(api.sent("POST", "/drafts/me/publications")).toEqual([{ revision: 1 }, { revision: 2 }]);
  });

  it("says which step has what is missing", async () => {
    api.instead.set("POST /drafts/me/publications", refused(400, "invalid_request", { field: "persona.name" }));
    const card = await openPublish();
    await person.click(card.getByRole("button", { name: "Publish" }));
    expect(await card.findByRole("alert")).toHaveTextContent("The twin has no name yet. Give it one in the step Persona.");
  });

  it("has the versions, and publishes an earlier one again when asked twice", async () => {
    const at = "2026-11-20T12:00:00.000Z";
    api.change({ published_version: 2, published_at: at, versions: [{ version: 2, published_at: at, is_current: true }, { version: 1, published_at: at, is_current: false }] });
    await openPublish();
    expect(within(screen.getByRole("list", { name: "Published versions" })).getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^Version 2.*Current$/),
      expect.stringMatching(/^Version 1.*Publish version 1 again$/),
    ]);
    await person.click(screen.getByRole("button", { name: "Publish version 1 again" }));
    expect(api.sent("POST", "/drafts/me/versions/1/publication")).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Publish it again" }));
    expect(await screen.findByText("Version 1 is published again.")).toBeInTheDocument();
    expect(api.sent("POST", "/drafts/me/versions/1/publication")).toHaveLength(1);
  });

  it("has budgets and switches, with a comma as people write it", async () => {
    await openPublish();
    await type("Budget a day, US dollars", "lots");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await type("Budget a day, US dollars", "1,5");
    await person.click(screen.getByRole("checkbox", { name: "Keep the page out of search engines" }));
    await person.click(screen.getByRole("checkbox", { name: "Keep transcripts of visits" }));
    await person.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(api.sent("PATCH", "/drafts/me")).toEqual([
        { revision: 1, daily_budget_usd: 1.5, monthly_budget_usd: 20, noindex: true, transcripts: false },
      ]),
    );
  });

  it("deletes the twin when its name was typed, and not before", async () => {
    await openPublish();
    await person.click(screen.getByRole("button", { name: "Delete the twin…" }));
    await type("Type me to confirm", "m");
    expect(screen.getByRole("button", { name: "Delete for good" })).toBeDisabled();
    await person.keyboard("{Enter}");
    expect(api.sent("DELETE", "/drafts/me")).toEqual([]);
    await type("Type me to confirm", "me");
    await person.click(screen.getByRole("button", { name: "Delete for good" }));
    expect(await screen.findByRole("button", { name: "Set up the twin" })).toBeInTheDocument();
    expect(api.sent("DELETE", "/drafts/me")).toEqual([{ handle: "me" }]);
  });
});
