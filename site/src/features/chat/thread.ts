/**
 * The visible thread of a conversation: one path through its tree of messages. Pure.
 *
 * Messages form a tree by `parent_id`; the conversation's head ends the path that is shown. An edited message or a
 * retried answer has siblings, the versions a reader can leaf through.
 */
import type { Message } from "@/api/types";
import { isInProgress } from "@/entities/answers/answerReducer";

export interface ThreadEntry {
  message: Message;
  /** All versions of this message, oldest first, itself included. */
  versions: readonly Message[];
}

/** Which version was chosen below a parent: parent's id ("" for the start) to message id. */
export type Choices = ReadonlyMap<string, string>;

const parentKey = (message: Message): string => message.parent_id ?? "";

const byId = (a: Message, b: Message): number => (a.message_id < b.message_id ? -1 : 1);

/**
 * The path to show, oldest first.
 *
 * `messages` may be in any order and may lack the oldest ones: the path then begins at the oldest message whose
 * parent is not there. `head` null or unknown means the newest message.
 */
export function visibleThread(
  messages: readonly Message[],
  head: string | null,
  choices: Choices = new Map(),
): ThreadEntry[] {
  const known = new Map(messages.map((message) => [message.message_id, message]));
  const newest = [...known.values()].toSorted(byId).at(-1);
  const end = (head !== null && known.get(head)) || newest;
  if (!end) return [];

  const children = childrenByParent(known.values());
  const toHead = pathTo(end, known);
  const preferred = new Map(toHead.map((message) => [parentKey(message), message.message_id]));
  const entries: ThreadEntry[] = [];
  for (let key: string | undefined = parentKey(toHead[0] ?? end); key !== undefined; ) {
    const versions: Message[] = children.get(key) ?? [];
    const message: Message | undefined =
      pick(versions, choices.get(key)) ?? pick(versions, preferred.get(key)) ?? versions.at(-1);
    // A cycle cannot be, but must not hang the page.
    if (message && entries.length <= known.size) entries.push({ message, versions });
    key = entries.length <= known.size ? message?.message_id : undefined;
  }
  return entries;
}

/** Whether the path's beginning is not among the messages that are loaded. */
export const isCutOff = (thread: readonly ThreadEntry[]): boolean => (thread[0]?.message.parent_id ?? null) !== null;

const isAnswered = ({ message }: ThreadEntry): boolean => message.role === "assistant" && !isInProgress(message.status);

/** The message with which the prompt of the path's last answer began; null: with the conversation. */
export const readFrom = (thread: readonly ThreadEntry[]): string | null =>
  thread.findLast(isAnswered)?.message.context?.first_message_id ?? null;

/** Whether an answer's prompt began later than that of the answer before it, of those that are loaded. */
export function readsLess(thread: readonly ThreadEntry[], index: number): boolean {
  const begins = thread[index]?.message.context?.first_message_id;
  const before = thread.slice(0, index).findLast(isAnswered);
  return begins !== undefined && before !== undefined && before.message.context?.first_message_id !== begins;
}

function pick(versions: readonly Message[], id: string | undefined): Message | undefined {
  return id === undefined ? undefined : versions.find((message) => message.message_id === id);
}

function pathTo(end: Message, known: ReadonlyMap<string, Message>): Message[] {
  const path: Message[] = [];
  const seen = new Set<string>();
  for (let at: Message | undefined = end; at && !seen.has(at.message_id); ) {
    seen.add(at.message_id);
    path.unshift(at);
    at = at.parent_id === null ? undefined : known.get(at.parent_id);
  }
  return path;
}

function childrenByParent(messages: Iterable<Message>): Map<string, Message[]> {
  const children = new Map<string, Message[]>();
  for (const message of messages) {
    const siblings = children.get(parentKey(message));
    if (siblings) siblings.push(message);
    else children.set(parentKey(message), [message]);
  }
  for (const siblings of children.values()) siblings.sort(byId);
  return children;
}
