/**
 * The HTTP API's records, by the names that the site uses. They are the generated ones (`npm run gen:api`), but for
 * content blocks, which OpenAPI only knows as objects.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** As generated, with null as good as nothing: earlier answers have it in the place of what is not there. */
type Nullish<T> = { [Name in keyof T]: undefined extends T[Name] ? T[Name] | null | undefined : T[Name] };

/** Where in a file a page's text stands. `label` is English; a newer server may know more kinds. */
export type Locator = Omit<Nullish<Schemas["Locator"]>, "kind"> & { kind: string };

/** What a text block rests on. `page` to `last_page` are page numbers in the file; `locator` is the first one's. */
export type Citation = Omit<Schemas["Citation"], "locator"> & { locator: Locator };

/** What a tool looks for (`query`) or reads (`first` to `last`), and in which files. */
export type ToolDetail = Nullish<Schemas["ToolDetail"]>;

export interface TextBlock {
  type: "text";
  text: string;
  citations?: Citation[] | null;
}

export interface ThinkingBlock {
  type: "thinking";
  thinking: string;
}

export interface ToolUseBlock {
  type: "tool_use";
  name: string;
  detail: ToolDetail;
}

export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock;

export type File = Schemas["File"];
/** A file and where it is used. */
export type FileDetail = Schemas["FileDetail"];
/** A file as the message that it is attached to keeps it: as it was at sending. */
export type MessageFile = Schemas["AttachedFile"];
/** What a new file is uploaded to: a form, its fields first, then `file`. */
export type UploadTarget = Schemas["Upload"];
export type FilePage = Omit<Schemas["FilePage"], "locator"> & { locator: Locator };

type WithBlocks<T> = Omit<T, "content"> & { content: ContentBlock[] };

export type Message = WithBlocks<Schemas["Message"]>;
export type AnswerStatus = Message["status"];
export type Usage = Schemas["Usage"];
export type AnswerError = Schemas["ErrorInfo"];
export type Turn = { user_message: Message; answer: Message };

export type Conversation = Schemas["Conversation"];
/** A conversation as lists hold it. */
export type ConversationSummary = Schemas["ConversationSummary"];
export type ConversationChange = Partial<Schemas["ConversationChange"]>;
/** A conversation just created, with its first turn when it was created with a message. */
export type NewConversation = Conversation & { user_message: Message | null; answer: Message | null };
export type Deleted = Schemas["Deleted"];

export type Model = Schemas["Model"];
export type Me = Schemas["Me"];
/** Somebody who has an account, as owners see them. */
export type Person = Schemas["Person"];
export type PersonChange = Partial<Schemas["PersonChange"]>;
export type Group = Person["groups"][number];

export type Section = Schemas["Section"];
export type CountedSection = Schemas["CountedSection"];
/** A comment as everybody reads it, as its writer does, and as owners do. */
export type Comment = Schemas["Comment"];
export type MyComment = Schemas["MyComment"];
export type ModeratedComment = Schemas["ModeratedComment"];
export type CommentsPage = Schemas["Comments"];
export type ModeratedPage = Schemas["ModeratedComments"];
/** What an owner decides about a comment. */
export type Decision = Schemas["Moderation"]["action"];

/** The parts of a twin's page, in its order. */
export const TWIN_SECTIONS = [
  "about", "experience", "education", "skills", "certifications", "projects", "publications", "languages", "volunteering",
  "honors", "courses", "organizations", "test_scores", "recommendations", "posts", "notes", "links",
] as const;
export type TwinSection = (typeof TWIN_SECTIONS)[number];
export type TwinLanguage = "fr" | "en";

export interface TwinEntryText {
  section: TwinSection;
  title: string;
  subtitle: string;
  /** "YYYY", "YYYY-MM" or "". */
  start: string;
  end: string;
  place: string;
  text: string;
  url: string;
}

/** One thing that is known of the owner, and from which sources. */
export interface TwinEntry extends TwinEntryText {
  entry_id: string;
  source_ids: string[];
  is_hidden: boolean;
}

export interface TwinSource {
  source_id: string;
  kind: "cv" | "linkedin" | "linkedin_pdf" | "note" | "link";
  name: string;
  status: "reading" | "ready" | "failed";
  error: { code: string; message: string } | null;
  added_at: string;
  file_id: string | null;
  entries: number;
}

/** Where sources tell one thing differently. */
export interface TwinConflict {
  conflict_id: string;
  field: "title" | "start" | "end" | "place";
  entries: { entry_id: string; source_id: string; value: string }[];
}

export interface TwinTexts {
  greeting: string;
  suggested_questions: string[];
  topics: string;
  off_limits: string[];
}

export interface TwinPersona {
  name: string;
  headline: string;
  /** The first is the one that is taken where a visitor's is none of them. */
  languages: TwinLanguage[];
  texts: Partial<Record<TwinLanguage, TwinTexts>>;
  voice: "first" | "third";
  tone: string;
  contact: { label: string; url: string } | null;
  links: { label: string; url: string }[];
}

export interface TwinVersion {
  version: number;
  published_at: string;
  is_current: boolean;
}

/** A twin as its owners work on it. */
export interface TwinDraft {
  handle: string;
  /** Goes up with every change by anybody. */
  revision: number;
  persona: TwinPersona;
  sources: TwinSource[];
  entries: TwinEntry[];
  conflicts: TwinConflict[];
  photo_url: string | null;
  published_version: number | null;
  published_at: string | null;
  /** Whether it differs from what is published. */
  is_changed: boolean;
  page: { url: string; rendered_version: number | null };
  daily_budget_usd: number;
  monthly_budget_usd: number;
  noindex: boolean;
  transcripts: boolean;
  versions: TwinVersion[];
}

export interface TwinChange {
  persona?: TwinPersona;
  daily_budget_usd?: number;
  monthly_budget_usd?: number;
  noindex?: boolean;
  transcripts?: boolean;
}

export interface TwinSummary {
  handle: string;
  name: string;
  published_version: number | null;
}

export type NewTwinSource =
  | { kind: "cv" | "linkedin_pdf"; file_id: string }
  | { kind: "linkedin"; owner_name: string; files: Record<string, Record<string, string>[]>; confirmed_name?: boolean }
  | { kind: "note"; title: string; text: string }
  | { kind: "link"; label: string; url: string };

/** What a visitor reads of a twin. */
export interface TwinProfile {
  handle: string;
  name: string;
  headline: string;
  languages: TwinLanguage[];
  texts: Partial<Record<TwinLanguage, Pick<TwinTexts, "greeting" | "suggested_questions">>>;
  contact: { label: string; url: string } | null;
  links: { label: string; url: string }[];
  photo_url: string | null;
  sections: { section: TwinSection; entries: Omit<TwinEntry, "section" | "source_ids" | "is_hidden">[] }[];
}

export interface TwinPreview {
  visit_id: string;
  token: string;
  profile: TwinProfile;
}

export type SocketTicket = Schemas["Ticket"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
