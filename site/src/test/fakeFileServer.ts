/** What uploads talk to, in memory, for tests. */
import { limits } from "./limits";
import { ApiError, NetworkError } from "@/api/client";
import type { File as StoredFile, UploadTarget } from "@/api/types";
import { Ownership } from "@/lib/ownership";
import { FakeLocks } from "./fakeLocks";
import { storedFile } from "./records";

import type { SendOptions } from "@/entities/files/postForm";
import { Uploads } from "@/entities/files/uploads";

interface Sending extends SendOptions {
  file: File;
  finish: () => void;
  fail: (error: unknown) => void;
}

/** API and storage, answered by the test. */
export class FakeFileServer {
  readonly files = new Map<string, StoredFile>();
  readonly sendings: Sending[] = [];
  readonly asked: string[] = [];
  readonly deleted: string[] = [];
  /** Told of what is deleted, before and after. */
  readonly discarded: string[] = [];
  readonly fitted: string[] = [];
  readonly told: StoredFile[] = [];
  readonly createErrors: unknown[] = [];
  isPushed = false;
  isDown = false;
  /** What it says when it is asked for a file. */
  refusal: ApiError | null = null;
  readonly locks = new FakeLocks();
  #count = 0;

  /** The uploads of a tab. */
  uploads(ownership = new Ownership(this.locks)): Uploads {
    return new Uploads({
      limits,
      userId: "ada",
      ownership,
      endpoints: {
        create: async ({ name, size, type }) => {
          if (this.createErrors.length > 0) throw this.createErrors.shift();
          this.#count += 1;
          const file = this.put({ file_id: `f${this.#count}`, name, size, type, status: "uploaded", pages: null });
          return { file, upload: { url: "https://storage.test/", fields: {} } };
        },
        get: async (id) => {
          this.asked.push(id);
          if (this.isDown) throw new NetworkError("down");
          if (this.refusal) throw this.refusal;
          const file = this.files.get(id);
          if (!file) throw new ApiError(404, "not_found", "gone");
          return { ...file, used_in: [], kept_until: null };
        },
        delete: async (id) => this.deleted.push(id),
      },
      sendForm: (_target: UploadTarget, file, options) =>
        new Promise((resolve, reject) => {
          this.sendings.push({ ...options, file, finish: resolve, fail: reject });
          options.signal.addEventListener("abort", () => reject(options.signal.reason));
        }),
      fit: async (file) => {
        this.fitted.push(file.name);
        return file;
      },
      isPushed: () => this.isPushed,
      onDiscarded: (fileId) => this.discarded.push(fileId),
      onFile: (file) => this.told.push(file),
    });
  }

  put(fields: Partial<StoredFile> & Pick<StoredFile, "file_id">): StoredFile {
    const file = storedFile({ ...this.files.get(fields.file_id), ...fields });
    this.files.set(file.file_id, file);
    return file;
  }

  sending(index = 0): Sending {
    const sending = this.sendings[index];
    if (!sending) throw new Error(`There is no upload ${index}.`);
    return sending;
  }
}
