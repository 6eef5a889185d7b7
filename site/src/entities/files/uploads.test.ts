import { limits } from "@/test/limits";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, NetworkError } from "@/api/client";
import { Ownership } from "@/lib/ownership";
import { storedFile } from "@/test/records";
import { FakeFileServer } from "@/test/fakeFileServer";

import { POLL_MS, SILENCE_MS } from "./askAfter";
import type { Uploads } from "./uploads";

const pdf = (name = "thesis.pdf", size = 100) => new File([new Uint8Array(size)], name, { type: "application/pdf" });
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

let server: FakeFileServer;
let uploads: Uploads;

const shown = (key: string) => uploads.attachment(key).get();

async function begin(...files: File[]): Promise<string[]> {
  const { keys } = uploads.add(files);
  await pass();
  return keys;
}

/** Upload one file as far as the storage's answer. */
async function sent(): Promise<string> {
  const [key = ""] = await begin(pdf());
  server.sending().finish();
  await pass();
  return key;
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new FakeFileServer();
  uploads = server.uploads();
});

afterEach(() => {
  uploads.dispose();
  vi.useRealTimers();
});

describe("an upload", () => {
  it("goes from its bytes to its pages, told by frames, and is ready with its id", async () => {
    const [key = ""] = await begin(pdf());
    expect(shown(key)).toMatchObject({ phase: "uploading", file_id: "f1", sent_bytes: 0 });
    server.sending().onProgress(40);
    expect(shown(key)).toMatchObject({ phase: "uploading", sent_bytes: 40 });
    server.sending().finish();
    await pass();
    expect(shown(key)).toMatchObject({ phase: "reading" });
    uploads.receive([server.put({ file_id: "f1", status: "reading", pages: 212, pages_read: 40 })]);
    expect(shown(key)).toMatchObject({ phase: "reading", known: { pages: 212, pages_read: 40, type: "application/pdf" } });
    expect(uploads.readiness([key])).toEqual({ state: "waiting" });
    uploads.receive([server.put({ file_id: "f1", status: "ready", pages_read: 212 })]);
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["f1"] });
    expect(server.told.map((file) => file.file_id)).toContain("f1");
  });

  it("is not put back by a frame that comes late", async () => {
    const key = await sent();
    uploads.receive([storedFile({ status: "ready" })]);
    uploads.receive([storedFile({ status: "reading", pages_read: 3 })]);
    expect(shown(key)).toMatchObject({ phase: "ready" });
  });

  it("may be read before the storage has answered", async () => {
    const [key = ""] = await begin(pdf());
    uploads.receive([storedFile({ status: "ready" })]);
    server.sending().finish();
    await pass();
    expect(shown(key)).toMatchObject({ phase: "ready" });
  });

  it("is no failure when the server has read it, although the storage's answer was lost", async () => {
    const [key = ""] = await begin(pdf());
    uploads.receive([storedFile({ status: "ready" })]);
    server.sending().fail(new NetworkError("The upload came to a halt."));
    await pass();
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["f1"] });
  });

  it("keeps the server's reason when the storage's answer is lost after it", async () => {
    const [key = ""] = await begin(pdf());
    uploads.receive([storedFile({ status: "failed", error: { code: "encrypted_pdf", message: "password" } })]);
    server.sending().fail(new NetworkError("The upload came to a halt."));
    await pass();
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "encrypted_pdf" }, canRetry: false });
  });

  it("ends with the reason that the server gives when the file cannot be read", async () => {
    const key = await sent();
    uploads.receive([storedFile({ status: "failed", error: { code: "encrypted_pdf", message: "password" } })]);
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "encrypted_pdf" }, canRetry: false });
    expect(uploads.readiness([key])).toMatchObject({ state: "failed", error: { fileName: "thesis.pdf", problem: { code: "encrypted_pdf" } } });
  });

  it("refuses at once what nothing can be made of, and takes no more than there is room for", async () => {
    const { keys, refused } = uploads.add([pdf("a.exe"), pdf("a.pdf", 0), pdf("b.pdf"), pdf("c.pdf")], limits.files_a_message - 1);
    expect(keys).toHaveLength(1);
    expect(refused.map(({ name, problem }) => [name, problem.code])).toEqual([
      ["a.exe", "unreadable_program"],
      ["a.pdf", "file_empty"],
      ["c.pdf", "too_many_files"],
    ]);
  });

  it("fails, before anything is sent, when it is an image that this browser cannot convert", async () => {
    const [key = ""] = await begin(pdf("IMG_0001.HEIC"));
    await pass();
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "unreadable_image" }, canRetry: false });
    expect(server.sendings).toEqual([]);
  });

  it("sends three at a time, the others in their order", async () => {
    await begin(...["a", "b", "c", "d", "e"].map((name) => pdf(`${name}.pdf`)));
    const names = () => server.sendings.map(({ file }) => file.name);
    expect(names()).toEqual(["a.pdf", "b.pdf", "c.pdf"]);
    expect(server.fitted).toEqual(names());
    server.sending(1).finish();
    await pass();
    expect(names()).toEqual(["a.pdf", "b.pdf", "c.pdf", "d.pdf"]);
    server.sending(0).fail(new NetworkError("cut"));
    await pass();
    expect(names()).toEqual(["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]);
  });
});

describe("a failure on the way", () => {
  it("is told, and a retry begins a new upload and deletes the half of the old one", async () => {
    const [key = ""] = await begin(pdf());
    server.sending().fail(new NetworkError("cut"));
    await pass();
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "network" }, canRetry: true });
    uploads.retry(key);
    await pass();
    expect(server.deleted).toEqual(["f1"]);
    expect(shown(key)).toMatchObject({ phase: "uploading", file_id: "f2" });
    server.sending(1).finish();
    await pass();
    expect(shown(key)).toMatchObject({ phase: "reading", file_id: "f2" });
  });

  it("is none when the bytes had arrived all the same", async () => {
    const [key = ""] = await begin(pdf());
    server.sending().fail(new NetworkError("the answer was lost"));
    await pass();
    server.put({ file_id: "f1", status: "ready" });
    uploads.retry(key);
    await pass();
    expect(server.sendings).toHaveLength(1);
    expect(server.deleted).toEqual([]);
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["f1"] });
  });

  it("of the network is made up for once that is back, and no other", async () => {
    const [cut = "", refused = ""] = await begin(pdf(), pdf("other.pdf"));
    server.sending(0).fail(new NetworkError("cut"));
    server.sending(1).fail(new ApiError(400, "invalid_request", "no"));
    await pass();
    uploads.resume();
    await pass();
    expect(server.sendings).toHaveLength(3);
    expect(shown(cut)).toMatchObject({ phase: "uploading" });
    expect(shown(refused)).toMatchObject({ phase: "failed" });
  });

  it("keeps what a full storage says", async () => {
    server.createErrors.push(new ApiError(413, "storage_full", "full", { used_bytes: 5, limit_bytes: 6 }));
    const [key = ""] = await begin(pdf());
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "storage_full", used_bytes: 5, limit_bytes: 6 } });
  });
});

describe("taking a file out", () => {
  it("while it is sent stops the sending and deletes what the server has of it", async () => {
    const [key = ""] = await begin(pdf());
    uploads.remove(key);
    await pass();
    expect(server.sending().signal.aborted).toBe(true);
    expect(server.deleted).toEqual(["f1"]);
    expect(shown(key)).toBeNull();
    expect(localStorage).toHaveLength(0);
  });

  it("while it waits for its turn uploads nothing of it", async () => {
    const keys = await begin(pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"), pdf("d.pdf"));
    uploads.remove(keys[3] ?? "");
    server.sending().finish();
    await pass();
    expect(server.files.size).toBe(3);
  });

  it("that is all there keeps it among the files", async () => {
    const key = await sent();
    uploads.remove(key);
    await pass(POLL_MS * 2);
    expect(server.deleted).toEqual([]);
    expect(server.asked).toEqual([]);
  });
});

describe("where nothing is pushed", () => {
  it("the file is asked for until it is read, and no longer", async () => {
    const key = await sent();
    await pass(POLL_MS);
    server.put({ file_id: "f1", status: "reading", pages: 9, pages_read: 4 });
    await pass(POLL_MS);
    expect(shown(key)).toMatchObject({ known: { pages_read: 4 } });
    server.put({ file_id: "f1", status: "ready" });
    await pass(POLL_MS);
    expect(shown(key)).toMatchObject({ phase: "ready" });
    const asked = server.asked.length;
    await pass(POLL_MS * 4);
    expect(server.asked).toHaveLength(asked);
  });

  it("a file of the server that is attached while it is read is asked for, too", async () => {
    const key = uploads.adopt(server.put({ file_id: "f7", status: "reading", pages: 9, pages_read: 4 }));
    server.put({ file_id: "f7", status: "ready" });
    await pass(POLL_MS);
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["f7"] });
  });

  it("a file that is long in the queue is asked for ever less often, and is not forgotten", async () => {
    const key = await sent();
    await pass(60_000);
    const first = server.asked.length;
    expect(first).toBeLessThan(12);
    await pass(60_000);
    expect(server.asked.length - first).toBeLessThanOrEqual(2);
    server.put({ file_id: "f1", status: "ready" });
    await pass(40_000);
    expect(shown(key)).toMatchObject({ phase: "ready" });
  });

  it("an overloaded server is asked less at once", async () => {
    await sent();
    server.refusal = new ApiError(429, "throttled", "slow down");
    await pass(POLL_MS * 8);
    expect(server.asked.length).toBeLessThanOrEqual(3);
  });

  it("a few of many files are asked for at a time", async () => {
    for (let index = 0; index < 20; index += 1) uploads.adopt(server.put({ file_id: `q${index}`, status: "reading" }));
    await pass(POLL_MS);
    expect(server.asked.length).toBeLessThanOrEqual(5);
    await pass(POLL_MS * 4);
    expect(new Set(server.asked).size).toBe(20);
  });

  it("an open socket that is silent is not trusted for ever", async () => {
    server.isPushed = true;
    const key = await sent();
    uploads.receive([storedFile({ status: "reading", pages_read: 1 })]);
    await pass(POLL_MS);
    expect(server.asked).toEqual([]);
    server.put({ file_id: "f1", status: "ready" });
    await pass(SILENCE_MS + POLL_MS);
    expect(shown(key)).toMatchObject({ phase: "ready" });
  });

  it("a network that is away for a while changes nothing", async () => {
    const key = await sent();
    server.isDown = true;
    await pass(POLL_MS * 3);
    expect(shown(key)).toMatchObject({ phase: "reading" });
    server.isDown = false;
    server.put({ file_id: "f1", status: "ready" });
    await pass(POLL_MS);
    expect(shown(key)).toMatchObject({ phase: "ready" });
  });

  it("a file that was deleted meanwhile says so", async () => {
    const key = await sent();
    server.files.delete("f1");
    await pass(POLL_MS);
    expect(shown(key)).toMatchObject({ phase: "failed", problem: { code: "gone" } });
  });
});

describe("a second tab", () => {
  it("waits with a file that the first one is sending, and leaves it alone when it is taken out there", async () => {
    const [key = ""] = await begin(pdf());
    const second = server.uploads();
    second.attachment(key);
    await pass(POLL_MS);
    expect(second.readiness([key])).toEqual({ state: "waiting" });
    second.remove(key);
    await pass();
    expect(server.deleted).toEqual([]);
    expect(localStorage).toHaveLength(1);
    server.sending().finish();
    await pass();
    expect(shown(key)).toMatchObject({ phase: "reading" });
    second.dispose();
  });

  it("follows what the first one does: its file is read here, too", async () => {
    const [key = ""] = await begin(pdf());
    const second = server.uploads();
    second.attachment(key);
    await pass(POLL_MS);
    server.sending().finish();
    server.put({ file_id: "f1", status: "ready" });
    await pass(POLL_MS * 2);
    expect(second.readiness([key])).toEqual({ state: "ready", file_ids: ["f1"] });
    second.dispose();
  });

  it("takes over what the first one left behind when it was closed", async () => {
    const first = new Ownership(server.locks);
    uploads.dispose();
    uploads = server.uploads(first);
    const [key = ""] = await begin(pdf());
    const second = server.uploads();
    second.attachment(key);
    await pass();
    uploads.dispose();
    first.dispose();
    await pass(POLL_MS * 4);
    expect(second.attachment(key).get()).toMatchObject({ phase: "failed", problem: { code: "interrupted" } });
    second.remove(key);
    expect(server.deleted).toEqual([]);
    second.dispose();
  });
});

describe("a reload", () => {
  beforeEach(() => {
    uploads.dispose();
    uploads = server.uploads(new Ownership(undefined));
  });

  const reload = (): void => {
    uploads.dispose();
    uploads = server.uploads(new Ownership(undefined));
  };

  it("goes on with what was sent", async () => {
    const key = await sent();
    server.put({ file_id: "f1", status: "ready" });
    reload();
    expect(shown(key)).toMatchObject({ name: "thesis.pdf", phase: "reading" });
    await pass();
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["f1"] });
  });

  it("waits for what was sent and is not read yet", async () => {
    const key = await sent();
    reload();
    expect(uploads.readiness([key])).toEqual({ state: "waiting" });
    await pass(POLL_MS * 2);
    expect(shown(key)).toMatchObject({ phase: "reading" });
  });

  it("says of what was not sent yet that it has to be attached again", async () => {
    const [half = ""] = await begin(pdf());
    reload();
    expect(uploads.readiness([half])).toEqual({ state: "waiting" });
    await pass();
    expect(shown(half)).toMatchObject({ phase: "failed", problem: { code: "interrupted" }, canRetry: false });
  });

  it("that has lost what was known of a file sends no message without it", () => {
    expect(uploads.readiness(["nope"])).toMatchObject({ state: "failed", error: { problem: { code: "lost" } } });
  });

  it("takes up nothing that has another shape", () => {
    const odd = { file_id: 5, name: "a.pdf", type: "application/pdf", size: 1, is_sent: true };
    localStorage.setItem("chatapp.upload.ada.odd", JSON.stringify(odd));
    localStorage.setItem("chatapp.upload.ada.cut", '{"name":');
    expect([shown("odd"), shown("cut")]).toEqual([null, null]);
  });

  it("keeps files of the server that were attached", async () => {
    const key = uploads.adopt(server.put({ file_id: "old", status: "ready" }));
    reload();
    shown(key);
    await pass();
    expect(uploads.readiness([key])).toEqual({ state: "ready", file_ids: ["old"] });
    uploads.forget([key]);
    expect(localStorage).toHaveLength(0);
  });
});

it("a file that the server finds unready is asked for, and ready again when it is", async () => {
  const key = uploads.adopt(server.put({ file_id: "f9", status: "ready" }));
  server.put({ file_id: "f9", status: "reading" });
  uploads.recheck([key], "another");
  expect(uploads.readiness([key]).state).toBe("ready");
  uploads.recheck([key], "f9");
  expect(uploads.readiness([key]).state).toBe("waiting");
  server.put({ file_id: "f9", status: "ready" });
  await pass(POLL_MS);
  expect(uploads.readiness([key]).state).toBe("ready");
});
