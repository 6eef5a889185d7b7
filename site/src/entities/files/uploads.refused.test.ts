import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { NetworkError } from "@/api/client";
import { FakeFileServer } from "@/test/fakeFileServer";
import { FakeLocks } from "@/test/fakeLocks";
import { Ownership } from "@/lib/ownership";

import type { Uploads } from "./uploads";

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const photo = () => new File([new Uint8Array(100)], "photo.png", { type: "image/png" });

let server: FakeFileServer;
let uploads: Uploads;

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

async function sent(): Promise<string> {
  const { keys } = uploads.add([photo()]);
  await pass();
  server.sending().finish();
  await pass();
  return keys[0] ?? "";
}

const refuse = (fileId: string, code = "type_mismatch"): void =>
  uploads.receive([server.put({ file_id: fileId, status: "failed", error: { code, message: "" } })]);

it.each(["type_mismatch", "encrypted_pdf", "too_slow"])("what was refused is deleted with its attachment: %s", async (code) => {
  const key = await sent();
  refuse("f1", code);
  uploads.remove(key);
  await pass();
  expect(server.deleted).toEqual(["f1"]);
  expect(new Set(server.discarded), "told to what shows the person's files").toEqual(new Set(["f1"]));
});

it("is deleted after a reload, too", async () => {
  const key = await sent();
  uploads.dispose();
  uploads = server.uploads(new Ownership(new FakeLocks()));
  uploads.attachment(key);
  await pass();
  refuse("f1");
  uploads.remove(key);
  await pass();
  expect(server.deleted).toEqual(["f1"]);
});

it("is deleted where all came but the storage's answer", async () => {
  const { keys } = uploads.add([photo()]);
  await pass();
  server.sending().fail(new NetworkError("cut"));
  await pass();
  uploads.remove(keys[0] ?? "");
  await pass();
  expect(server.deleted).toEqual(["f1"]);
});

it("stays where it was one of their files before", async () => {
  const key = uploads.adopt(server.put({ file_id: "f9", status: "reading", pages_read: 1 }));
  refuse("f9");
  expect(uploads.attachment(key).get()).toMatchObject({ phase: "failed" });
  uploads.remove(key);
  await pass();
  expect(server.deleted).toEqual([]);
});

it("stays when it was read and is only taken out of a message", async () => {
  const key = await sent();
  uploads.receive([server.put({ file_id: "f1", status: "ready" })]);
  uploads.remove(key);
  await pass();
  expect(server.deleted).toEqual([]);
});
