import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";

import type { File as StoredFile } from "@/api/types";
import { storedFile } from "@/test/records";

import { changeFile, removeFile, updateFile } from "./files";

const held = (client: QueryClient): StoredFile[] => [
  ...(client.getQueryData<{ pages: { items: StoredFile[] }[] }>(["files", { name: "" }])?.pages[0]?.items ?? []),
  ...(client.getQueryData<{ items: StoredFile[] }>(["conversation-files", "c1"])?.items ?? []),
  ...[client.getQueryData<StoredFile>(["source", "f1"])].filter((file) => file !== undefined),
];

function holding(file: StoredFile): QueryClient {
  const client = new QueryClient();
  client.setQueryData(["files", { name: "" }], { pages: [{ items: [file], next_cursor: null }], pageParams: [null] });
  client.setQueryData(["conversation-files", "c1"], { items: [file], missing: [] });
  client.setQueryData(["source", "f1"], { ...file, used_in: [], kept_until: null });
  return client;
}

it("takes what the server tells of a file into all that holds it", () => {
  const client = holding(storedFile({ status: "reading", pages_read: 20 }));
  updateFile(client, storedFile({ status: "reading", pages_read: 40 }));
  expect(held(client).map((file) => file.pages_read)).toEqual([40, 40, 40]);
  updateFile(client, storedFile({ status: "ready", pages_read: 212 }));
  expect(held(client).map((file) => file.status)).toEqual(["ready", "ready", "ready"]);
});

it("does not put back what has gone on: late frames of a file that was read", () => {
  const client = holding(storedFile({ status: "ready", pages_read: 212 }));
  updateFile(client, storedFile({ status: "reading", pages_read: 40 }));
  expect(held(client).map((file) => file.status)).toEqual(["ready", "ready", "ready"]);
});

it("reads the lists again for a file that none holds, but not with each page of it", () => {
  const client = holding(storedFile());
  const isInvalidated = () => client.getQueryState(["files", { name: "" }])?.isInvalidated;
  updateFile(client, storedFile({ file_id: "f2", status: "reading", pages_read: 40 }));
  expect(isInvalidated()).toBe(false);
  updateFile(client, storedFile({ file_id: "f2", status: "reading", pages_read: 0 }));
  expect(isInvalidated()).toBe(true);
});

it("changes one thing of a file, however far it is", () => {
  const client = holding(storedFile({ status: "reading", pages_read: 40 }));
  expect(changeFile(client, "f1", (file) => ({ ...file, name: "new.pdf" }))).toBe(true);
  expect(held(client).map(({ name, pages_read: read }) => `${name} ${read}`)).toEqual(["new.pdf 40", "new.pdf 40", "new.pdf 40"]);
  expect(changeFile(client, "f9", (file) => file)).toBe(false);
});

it("takes a deleted file out of all lists; a conversation knows at once that it is missing", () => {
  const client = holding(storedFile());
  client.setQueryData(["conversation-files", "c2"], { items: [storedFile({ file_id: "f2" })], missing: [] });
  removeFile(client, "f1");
  expect(client.getQueryData(["files", { name: "" }])).toMatchObject({ pages: [{ items: [] }] });
  expect(client.getQueryData(["conversation-files", "c1"])).toEqual({ items: [], missing: ["f1"] });
  expect(client.getQueryData(["conversation-files", "c2"])).toMatchObject({ items: [{ file_id: "f2" }], missing: [] });
});

it("reads a page that is looked at once it is there, not before", async () => {
  const client = holding(storedFile({ status: "reading", pages_read: 0 }));
  const read = vi.fn<() => Promise<string>>(async () => "the text").mockRejectedValueOnce(new Error("404"));
  const observer = new QueryObserver(client, { queryKey: ["source", "f1", "page", 30], queryFn: read, retry: false });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().isError).toBe(true));
  updateFile(client, storedFile({ status: "reading", pages_read: 20 }));
  expect(read).toHaveBeenCalledTimes(1);
  updateFile(client, storedFile({ status: "reading", pages_read: 40 }));
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("the text"));
  expect(read).toHaveBeenCalledTimes(2);
  stop();
});
