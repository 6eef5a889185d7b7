/** The files of the HTTP API, and the storage that they are uploaded to, in memory. */
import { vi } from "vitest";

import type { Conversation, File as StoredFile, MessageFile } from "@/api/types";

import { storedFile } from "./records";

export type Reply = [status: number, body: unknown];

export const refusal = (status: number, code: string, extra: object = {}): Reply => [
  status,
  { error: { code, message: code, ...extra } },
];

/** One upload that the page has begun; the test decides how it ends. */
export class FakeUpload {
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  status = 0;
  form = new FormData();
  isAborted = false;
  readonly #begun: FakeUpload[];

  constructor(begun: FakeUpload[]) {
    this.#begun = begun;
  }

  open(): void {}

  send(form: FormData): void {
    this.form = form;
    this.#begun.push(this);
  }

  abort(): void {
    this.isAborted = true;
    this.onabort?.();
    this.onloadend?.();
  }

  end(status: number): void {
    this.status = status;
    if (status === 0) this.onerror?.();
    else this.onload?.();
    this.onloadend?.();
  }

  get file(): File {
    return this.form.get("file") as File;
  }
}

export class FakeFiles {
  readonly files = new Map<string, StoredFile>();
  readonly deleted = new Map<string, StoredFile>();
  readonly uploads: FakeUpload[] = [];
  /** What the next `POST /files` answers instead. */
  refusal: Reply | null = null;
  usedIn: { conversation_id: string; title: string | null }[] = [];
  #count = 0;

  install(): void {
    const begun = this.uploads;
    vi.stubGlobal(
      "XMLHttpRequest",
      class extends FakeUpload {
        constructor() {
          super(begun);
        }
      },
    );
  }

  put(fields: Partial<StoredFile> & Pick<StoredFile, "file_id">): StoredFile {
    const file = storedFile({ ...this.files.get(fields.file_id), ...fields });
    this.files.set(file.file_id, file);
    return file;
  }

  /** The API's answer; null: this is no call about files. */
  route(method: string, path: string, body: Record<string, unknown> | null): Reply | null {
    const { pathname, searchParams } = new URL(path, "https://api.test");
    if (pathname === "/files") return method === "POST" ? this.#create(body) : this.#list(searchParams);
    const [, id = "", rest] = /^\/files\/([^/]+)(\/content|\/reading)?$/.exec(pathname) ?? [];
    if (id === "") return null;
    if (method === "PATCH" && body?.["deleted"] === false) return this.#restore(id);
    const file = this.files.get(id);
    if (!file) return refusal(404, "not_found");
    if (rest === "/reading") {
      return [200, this.put({ file_id: id, outdated: false, ...(file.status === "failed" ? { status: "waiting", error: null } : { again: "waiting" }) })];
    }
    if (rest) return [200, { url: `https://storage.test/${id}`, expires_in_s: 300 }];
    if (method === "PATCH") return [200, this.put({ file_id: id, name: String(body?.["name"]) })];
    if (method === "DELETE") return this.#delete(file);
    return [200, { ...file, used_in: this.usedIn, kept_until: null }];
  }

  /** Files that a message names: theirs, or why they cannot be attached. */
  attach(ids: readonly string[]): StoredFile[] | Reply {
    const missing = ids.some((id) => !this.files.has(id));
    if (missing) return refusal(404, "not_found", { field: "file_ids" });
    const files = ids.map((id) => this.put({ file_id: id }));
    const unread = files.find((file) => file.status !== "ready");
    return unread ? refusal(409, "file_not_ready", { field: "file_ids", file_id: unread.file_id }) : files;
  }

  /** A file as a message keeps it. */
  attached(id: string): MessageFile {
    const { file_id, name, type, size, group, format, pages } = this.put({ file_id: id });
    return { file_id, name, type, size, group: group ?? "document", format: format ?? "PDF", pages: pages ?? 0 };
  }

  /** `…/conversations/{id}/files` */
  routeConversation(method: string, path: string, held: Conversation): Reply | Conversation {
    const fileId = /\/files\/([^/?]+)/.exec(path)?.[1];
    if (fileId === undefined) {
      return [200, { items: held.file_ids.flatMap((id) => this.files.get(id) ?? []) }];
    }
    if (method === "PUT" && !this.files.has(fileId)) return refusal(404, "not_found");
    const others = held.file_ids.filter((id) => id !== fileId);
    return { ...held, file_ids: method === "PUT" ? [...others, fileId] : others };
  }

  #create(body: Record<string, unknown> | null): Reply {
    const refused = this.refusal;
    this.refusal = null;
    if (refused) return refused;
    this.#count += 1;
    const file = this.put({
      file_id: `f${this.#count}`,
      name: String(body?.["name"]),
      type: String(body?.["type"]),
      size: Number(body?.["size"]),
      status: "uploaded",
      group: null,
      format: null,
      pages: null,
      tokens: null,
    });
    return [201, { file, upload: { url: "https://storage.test/", fields: { key: file.file_id, policy: "signed" } } }];
  }

  #list(query: URLSearchParams): Reply {
    const name = query.get("name") ?? "";
    const found = [...this.files.values()].filter((file) => file.name.toLowerCase().includes(name.toLowerCase())).toReversed();
    const from = Number(query.get("cursor") ?? 0);
    const to = from + 10;
    return [200, { items: found.slice(from, to), next_cursor: to < found.length ? String(to) : null }];
  }

  #delete(file: StoredFile): Reply {
    this.files.delete(file.file_id);
    this.deleted.set(file.file_id, file);
    return [200, { file_id: file.file_id, undo_until: "2026-11-21T12:00:30.000Z" }];
  }

  #restore(id: string): Reply {
    const file = this.deleted.get(id);
    if (!file) return refusal(404, "not_found");
    this.deleted.delete(id);
    return [200, this.put(file)];
  }
}
