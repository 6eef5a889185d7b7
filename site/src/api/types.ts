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

/** What was left out of a file, or stands in its text in another way; a newer server may know more codes. */
export type FileNote = Omit<Schemas["FileNote"], "code"> & { code: string };
type WithNotes<T> = Omit<T, "notes"> & { notes: FileNote[] };
export type File = WithNotes<Schemas["File"]>;
/** A file and where it is used. */
export type FileDetail = WithNotes<Schemas["FileDetail"]>;
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
/** Where an answer's prompt began, if it was not the whole thread. */
export type Context = Schemas["Context"];
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

/** What happens at a twin: by day, all together, and what could not be answered. */
export type Insights = Schemas["Insights"];
export type Counted = Schemas["Counted"];
export type CountedDay = Schemas["CountedDay"];
export type Topics = Schemas["Topics"];
/** How the stage does, for its owners. */
export type StageStatus = Schemas["StageStatus"];
export type Question = Schemas["Question"];
export type QuestionsPage = Schemas["Questions"];
export type QuestionChange = Partial<Schemas["QuestionChange"]> & Pick<Schemas["QuestionChange"], "action">;
/** The parts of a twin's page, in its order. */
export const TWIN_SECTIONS = [
  "about", "experience", "education", "skills", "certifications", "projects", "publications", "languages", "volunteering",
  "honors", "courses", "organizations", "test_scores", "recommendations", "posts", "notes", "links",
] as const;
export type TwinSection = TwinEntry["section"];
export type TwinLanguage = TwinPersona["languages"][number];
/** One thing that is known of the owner, and from which sources. */
export type TwinEntry = Schemas["Entry"];
export type TwinEntryText = Omit<TwinEntry, "entry_id" | "source_ids" | "is_hidden">;
export type TwinSource = Schemas["Source"];
/** Where sources tell one thing differently. */
export type TwinConflict = Schemas["Conflict"];
export type TwinTexts = Schemas["Texts"];
export type TwinPersona = Schemas["Persona"];
export type TwinVersion = Schemas["Version"];
/** A twin as its owners work on it. */
export type TwinDraft = Schemas["Draft"];
/** What is left out stays. */
export type TwinChange = Partial<Schemas["DraftChange"]> & Pick<Schemas["DraftChange"], "revision">;
export type TwinSummary = Schemas["TwinSummary"];
export type NewTwinSource = Schemas["NewSource"];

/** What a visitor reads of a twin. */
export type TwinProfile = Schemas["Profile"];
/** A visit in which an owner tries the draft. */
export type TwinPreview = Schemas["Preview"];

export type SocketTicket = Schemas["Ticket"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
