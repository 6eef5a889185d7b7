/** What the API tells of a published twin, and what a visit is. */
export type Language = "fr" | "en";

export interface Entry {
  entry_id: string;
  title: string;
  url: string;
}

export interface TwinTexts {
  greeting: string;
  suggested_questions: string[];
}

/** Where to reach the person: an address of the web, or mailto: one. */
export interface Contact {
  label: string;
  url: string;
}

export interface Profile {
  handle: string;
  name: string;
  headline: string;
  languages: Language[];
  texts: Partial<Record<Language, TwinTexts>>;
  contact: Contact | null;
  links: { label: string; url: string }[];
  sections: { section: string; entries: Entry[] }[];
  limits: { max_text_characters: number };
  /** When a twin that is at its budget answers again. */
  resting_until: string | null;
  transcripts: boolean;
  transcript_days: number;
}

export interface NewVisit {
  language: Language;
  referrer?: string;
  remember: boolean;
  transcript: boolean;
  /** Of a visit before, whose questions may be remembered. */
  previous_token?: string;
}

export interface Begun {
  visit_id: string;
  token: string;
  expires_in_s: number;
}

export type Rating = "up" | "down";
