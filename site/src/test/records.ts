/** Records as the API sends them, for tests. */
import type { Conversation, File as StoredFile, Message } from "@/api/types";

export function message(fields: Partial<Message> & Pick<Message, "message_id">): Message {
  return {
    conversation_id: "c1",
    parent_id: null,
    role: "user",
    content: [{ type: "text", text: `text of ${fields.message_id}` }],
    status: "complete",
    model: null,
    usage: null,
    stop_reason: null,
    error: null,
    context: null,
    created_at: "2026-11-21T12:00:00.000Z",
    files: [],
    ...fields,
  };
}

export const answer = (fields: Partial<Message> & Pick<Message, "message_id">): Message =>
  message({ role: "assistant", model: "claude-a", ...fields });

export function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    conversation_id: "c1",
    title: "Cats",
    model: "claude-a",
    model_note: null,
    system: null,
    timestamp: "2026-11-21T12:00:00.000Z",
    pinned: false,
    archived: false,
    head: null,
    answer_in_progress: null,
    kept_until: null,
    file_ids: [],
    ...fields,
  };
}

export function storedFile(fields: Partial<StoredFile> = {}): StoredFile {
  return {
    file_id: "f1",
    name: "thesis.pdf",
    type: "application/pdf",
    size: 3_355_443,
    status: "ready",
    group: "document",
    format: "PDF",
    pages: 212,
    pages_read: 0,
    characters: null,
    tokens: 89_712,
    language: "en",
    scanned: false,
    error: null,
    notes: [],
    outdated: false,
    again: null,
    again_error: null,
    upload_timestamp: "2026-11-21T12:00:00.000Z",
    conversations: 0,
    ...fields,
  };
}

export const models = [
  { id: "claude-a", name: "Claude A", prices: { input: 3, output: 15, cache_write: 3.75, cache_read: 0.3 }, default: true },
  { id: "claude-b", name: "Claude B", prices: { input: 1, output: 5, cache_write: 1.25, cache_read: 0.1 }, default: false },
];
