/** What the API tells of a published twin, and what a visit is: as generated, but for what OpenAPI only knows as objects. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Language = "fr" | "en";

export interface TwinTexts {
  greeting: string;
  suggested_questions: string[];
}

/** Where to reach the person: an address of the web, or mailto: one. */
export interface Contact {
  label: string;
  url: string;
}

export type Profile = Omit<Schemas["Profile"], "languages" | "texts" | "contact" | "links" | "limits"> & {
  /** The first is the one that a page has where no other is asked for. */
  languages: Language[];
  texts: Partial<Record<Language, TwinTexts>>;
  contact: Contact | null;
  links: { label: string; url: string }[];
  limits: Schemas["ProfileLimits"];
};

export type NewVisit = Partial<Schemas["NewVisit"]>;
export type Begun = Omit<Schemas["Visit"], "transcript">;
export type Rating = NonNullable<Schemas["Rating"]["rating"]>;
