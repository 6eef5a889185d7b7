import { describe, expect, it } from "vitest";

import { persona } from "@/test/fakeDrafts";

import { problemsOf, toForm, toPersona } from "./personaForm";

const full = persona({
  languages: ["fr", "en"],
  contact: { label: "Write to me", url: "mailto:ada@example.com" },
  links: [{ label: "My engine", url: "https://engine.example/" }],
  texts: {
    fr: { greeting: "Bonjour", suggested_questions: ["Quoi ?", "Pourquoi ?"], topics: "machines", off_limits: ["salaire"] },
    en: { greeting: "", suggested_questions: [], topics: "", off_limits: [] },
  },
});
const form = (change: object) => ({ ...toForm(full), ...change });

describe("a persona as a form", () => {
  it("comes back as it was", () => {
    expect(toPersona(toForm(full))).toEqual(full);
  });

  it("has an email address as people write it", () => {
    expect(toForm(full).contactUrl).toBe("ada@example.com");
    expect(toPersona(form({ contactUrl: " mailto:ada@example.com " })).contact?.url).toBe("mailto:ada@example.com");
    expect(toPersona(form({ contactUrl: "https://ada.example/", contactLabel: "" })).contact).toEqual({ label: "https://ada.example/", url: "https://ada.example/" });
    expect(toPersona(form({ contactUrl: "", contactLabel: "" })).contact).toBeNull();
  });

  it("has a link's own host where it has no name", () => {
    expect(toPersona(form({ links: "https://engine.example/a\n\n A name  http://x.example " })).links).toEqual([
      { label: "engine.example", url: "https://engine.example/a" },
      { label: "A name", url: "http://x.example" },
    ]);
  });

  it("leaves empty lines out", () => {
    expect(toPersona(form({ "questions.fr": "Un ?\n\n  Deux ?  \n" })).texts.fr?.suggested_questions).toEqual(["Un ?", "Deux ?"]);
  });

  it.each([
    [{ contactUrl: "javascript:alert(1)" }, ["contact"]],
    [{ contactUrl: "ada@example" }, ["contact"]],
    [{ contactUrl: "" }, ["contact"]],
    [{ links: "My engine" }, ["links"]],
    [{ links: "Bad javascript:alert(1)" }, ["links"]],
    [{ links: "https://[" }, ["links"]],
    [{ contactUrl: "https://a:x", links: "https://a:x" }, ["contact", "links"]],
    [{ "questions.en": "1\n2\n3\n4\n5\n6\n7" }, ["questions"]],
    [{ "questions.en": "1\n2\n3\n4\n5\n6\n\n" }, []],
    [{}, []],
  ])("is checked: %o", (change, problems) => {
    expect(problemsOf(form(change))).toEqual(problems);
  });
});
