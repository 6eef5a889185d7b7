import { expect, it } from "vitest";

import { FakeLocks } from "@/test/fakeLocks";

import { Ownership } from "./ownership";

it("gives a record to one tab, and to another one after it was seen free twice", async () => {
  const locks = new FakeLocks();
  const first = new Ownership(locks);
  const second = new Ownership(locks);
  expect(await Promise.all([first.claim("a"), first.claim("a")])).toEqual([true, true]);
  expect(await second.claim("a")).toBe(false);
  expect(await second.claim("a")).toBe(false);
  first.release("a");
  await new Promise((resolve) => setTimeout(resolve));
  expect(await second.claim("a")).toBe(false);
  expect(await second.claim("a")).toBe(true);
  expect(await first.claim("a")).toBe(false);
});

it("keeps nothing that was let go before it was granted", async () => {
  const locks = new FakeLocks();
  const first = new Ownership(locks);
  const asked = first.claim("a");
  first.release("a");
  expect(await asked).toBe(false);
  expect(await new Ownership(locks).claim("a")).toBe(true);
});
