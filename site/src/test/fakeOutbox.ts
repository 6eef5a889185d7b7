/** What an outbox talks to, in memory, for tests. */
import { AttachmentError } from "@/entities/files/problems";
import type { Readiness } from "@/entities/files/uploads";
import { Ownership } from "@/lib/ownership";

import { Outbox, type OutboxFiles, type Unsent } from "@/session/outbox";

/** Attachments whose state the test decides. */
class FakeFiles implements OutboxFiles {
  readonly states = new Map<string, Readiness["state"]>();
  readonly rechecked: (string | undefined)[] = [];

  readiness(keys: readonly string[]): Readiness {
    const states = keys.map((key) => this.states.get(key) ?? "ready");
    if (states.includes("failed")) return { state: "failed", error: new AttachmentError("a.pdf", { code: "no_text", message: "" }) };
    return states.includes("waiting") ? { state: "waiting" } : { state: "ready", file_ids: keys.map((key) => `id of ${key}`) };
  }

  recheck(keys: readonly string[], fileId?: string): void {
    this.rechecked.push(fileId);
    for (const key of keys) if (fileId === undefined || fileId === `id of ${key}`) this.states.set(key, "waiting");
  }

  retry(key: string): void {
    this.states.set(key, "waiting");
  }
}

/** A server that answers from a queue, and remembers what it was sent. */
export class FakeMessageServer {
  readonly files = new FakeFiles();
  readonly receivedFiles: (readonly string[])[] = [];
  readonly received: Unsent[] = [];
  readonly sent: [Unsent, string][] = [];
  readonly blocked: string[] = [];
  readonly expired: Unsent[] = [];
  readonly replies: (string | Error)[];

  constructor(...replies: (string | Error)[]) {
    this.replies = replies;
  }

  /** The outbox of a tab. */
  outbox(ownership = new Ownership()): Outbox<string> {
    return new Outbox<string>("ada", {
      ownership,
      files: this.files,
      post: async (unsent, fileIds) => {
        this.received.push(unsent);
        this.receivedFiles.push(fileIds);
        const reply = this.replies.shift() ?? "ok";
        if (reply instanceof Error) throw reply;
        return reply;
      },
      onSent: (unsent, sent) => this.sent.push([unsent, sent]),
      onBlocked: (_unsent, messageId) => this.blocked.push(messageId),
      onExpired: (unsent) => this.expired.push(unsent),
    });
  }
}

export const unsent = (fields: Partial<Unsent> = {}): Unsent => ({
  request_id: "request-1",
  conversation_id: "c1",
  text: "Hello",
  ...fields,
});
