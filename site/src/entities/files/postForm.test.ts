import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { NetworkError } from "@/api/client";
import { FakeFiles } from "@/test/fakeFiles";

import { postForm, STALL_MS } from "./postForm";

const target = { url: "https://storage.test/", fields: {} };
const file = new File(["12345678"], "a.txt");

let storage: FakeFiles;

/** Begin to send; what became of it is in `ends`. */
function begin() {
  const ends: unknown[] = [];
  const stop = new AbortController();
  postForm(target, file, { onProgress: () => undefined, signal: stop.signal }).then(
    () => ends.push("stored"),
    (error: unknown) => ends.push(error),
  );
  return { ends, stop, upload: storage.uploads[0] };
}

beforeEach(() => {
  vi.useFakeTimers();
  storage = new FakeFiles();
  storage.install();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("is given up when nothing moves for a minute, as a broken connection", async () => {
  const { ends, upload } = begin();
  await vi.advanceTimersByTimeAsync(STALL_MS - 1);
  upload?.upload.onprogress?.({ loaded: 4 });
  await vi.advanceTimersByTimeAsync(STALL_MS - 1);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(upload?.isAborted).toBe(true);
  expect(ends).toEqual([expect.any(NetworkError)]);
});

it("ends with the reason of whoever stops it, and no timer is left", async () => {
  const { ends, stop } = begin();
  stop.abort("removed");
  await vi.advanceTimersByTimeAsync(0);
  expect(ends).toEqual(["removed"]);
  expect(vi.getTimerCount()).toBe(0);
});

it("leaves no timer when it is stored", async () => {
  const { ends, upload } = begin();
  upload?.end(204);
  await vi.advanceTimersByTimeAsync(0);
  expect(ends).toEqual(["stored"]);
  expect(vi.getTimerCount()).toBe(0);
});
