/**
 * What a person sees under a section: what everyone sees, and of their own comments what they alone know. Pure.
 * What is read lags behind what was just done: one's own comments are right, and the public list follows them.
 */
import type { Comment, MyComment } from "@/api/types";

export interface Shown {
  id: string;
  text: string;
  /** null: deleted, a place that holds its replies. */
  author: { name: string; is_owner: boolean } | null;
  timestamp: string;
  edited_at: string | null;
  reply_to: string | null;
  status: MyComment["status"];
  isMine: boolean;
  /** null: it cannot be changed, or no more. */
  editable_until: string | null;
  replies: Shown[];
}

/** isComplete: the public list was read to its end. */
export function shownComments(read: readonly Comment[], mine: readonly MyComment[], isComplete: boolean): Shown[] {
  const own = new Map(mine.map((comment) => [comment.id, comment]));
  const roots = threads(read.map((comment) => withOwn(comment, own)));
  const known = new Set(roots.flatMap((root) => [root.id, ...root.replies.map(({ id }) => id)]));
  const oldest = read.at(-1)?.timestamp;
  for (const comment of mine) {
    if (known.has(comment.id)) continue;
    const shown = ofMine(comment);
    if (comment.reply_to !== null) roots.find(({ id }) => id === comment.reply_to)?.replies.push(shown);
    // Visible ones that are older stand on a page that is not read yet.
    else if (comment.status !== "visible" || isComplete || oldest === undefined || comment.timestamp >= oldest) roots.push(shown);
  }
  return roots
    .map((root) => ({ ...root, replies: root.replies.filter(isThere).toSorted(byTime) }))
    .filter((root) => isThere(root) || root.replies.length > 0)
    .toSorted((one, other) => byTime(other, one));
}

/** Replies that a page has no room for come with the next one, by themselves. */
function threads(read: readonly Shown[]): Shown[] {
  const roots = new Map<string, Shown>();
  for (const comment of read) {
    const root = comment.reply_to === null ? undefined : roots.get(comment.reply_to);
    if (root) root.replies.push(comment);
    else roots.set(comment.id, comment);
  }
  return [...roots.values()];
}

const isThere = ({ status }: Shown): boolean => status !== "deleted";

const byTime = (one: Shown, other: Shown): number =>
  one.timestamp === other.timestamp ? (one.id < other.id ? -1 : 1) : one.timestamp < other.timestamp ? -1 : 1;

function withOwn(comment: Comment, own: ReadonlyMap<string, MyComment>): Shown {
  const replies = comment.replies.map((reply) => withOwn(reply, own));
  const mine = own.get(comment.id);
  if (mine) return { ...ofMine(mine), replies };
  return { ...comment, isMine: false, editable_until: null, replies };
}

function ofMine(comment: MyComment): Shown {
  const isGone = comment.status === "deleted";
  return { ...comment, text: isGone ? "" : comment.text, author: isGone ? null : comment.author, isMine: true, replies: [] };
}
