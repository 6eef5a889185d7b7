/**
 * The HTTP API's records, by the names that the site uses. They are the generated ones (`npm run gen:api`), but for
 * what OpenAPI only knows as objects: content blocks, locators, fields of an upload.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Where in a file a page's text stands. `kind` says which of the other keys are there; `label` is English. */
export interface Locator {
  /** page, slide, sheet, section or lines; a newer server may know more. */
  kind: string;
  label: string;
  page?: number | null | undefined;
  slide?: number | null | undefined;
  /** null: the file is one table. */
  sheet?: string | null | undefined;
  first_row?: number | null | undefined;
  last_row?: number | null | undefined;
  /** null: no heading above it. */
  section?: string | null | undefined;
  first_line?: number | null | undefined;
  last_line?: number | null | undefined;
  /** 1, 2, … when what the locator names is longer than one page. */
  part?: number | null | undefined;
  cut?: boolean | null | undefined;
  unreadable?: boolean | null | undefined;
}

/** What a text block rests on. `page` to `last_page` are page numbers in the file; `locator` is the first one's. */
export interface Citation {
  file_id: string;
  name: string;
  page: number;
  last_page: number;
  locator: Locator;
  cited_text: string;
}

/** What a tool looks for (`query`) or reads (`first` to `last`), and in which files. */
export interface ToolDetail {
  query?: string | null | undefined;
  files: { file_id: string; name: string }[];
  first?: number | null | undefined;
  last?: number | null | undefined;
}

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
export type SocketTicket = Schemas["Ticket"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
