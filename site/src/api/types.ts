/**
 * The HTTP API's records, as the site uses them.
 * Names and shapes are those of the API: snake_case, ISO 8601 times, UUIDv7 ids that sort by time.
 */

export type AnswerStatus = "queued" | "streaming" | "complete" | "stopped" | "interrupted" | "failed" | "superseded";

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

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cost_usd: number;
}

export interface AnswerError {
  code: string;
  message: string;
}

export interface Message {
  message_id: string;
  conversation_id: string;
  parent_id: string | null;
  role: "user" | "assistant";
  content: ContentBlock[];
  status: AnswerStatus;
  model: string | null;
  usage: Usage | null;
  stop_reason: string | null;
  error: AnswerError | null;
  created_at: string;
}

export interface Conversation {
  conversation_id: string;
  title: string | null;
  model: string;
  system: string | null;
  timestamp: string;
  pinned: boolean;
  archived: boolean;
  answer_in_progress: string | null;
  head: string | null;
  model_note: string | null;
}

/** A conversation as lists hold it. */
export type ConversationSummary = Omit<Conversation, "system" | "head" | "model_note">;

export interface Model {
  id: string;
  name: string;
  prices: { input: number; output: number; cache_write: number; cache_read: number };
  default: boolean;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface Turn {
  user_message: Message;
  answer: Message;
}

export type NewConversation = Conversation & { user_message: Message | null; answer: Message | null };

export interface Deleted {
  conversation_id: string;
  undo_until: string;
}

export interface SocketTicket {
  ticket: string;
  expires_in_s: number;
}
