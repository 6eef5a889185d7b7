/**
 * The HTTP API's records, by the names that the site uses. They are the generated ones (`npm run gen:api`), but for
 * content blocks, which OpenAPI only knows as objects.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export interface TextBlock {
  type: "text";
  text: string;
  citations?: unknown[] | null;
}

export interface ThinkingBlock {
  type: "thinking";
  thinking: string;
}

export type ContentBlock = TextBlock | ThinkingBlock;

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
