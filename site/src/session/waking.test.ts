import { expect, test } from "vitest";

import { SILENCE_MS, Waker } from "./waking";

function begun(wake: () => Promise<unknown> = () => Promise.resolve()) {
  const clock = { now: 1_000, woken: 0 };
  const waker = new Waker({
    now: () => clock.now,
    wake: () => {
      clock.woken += 1;
      return wake();
    },
  });
  return { clock, waker };
}

test("typing after a silence wakes what answers, once", () => {
  const { clock, waker } = begun();
  clock.now += SILENCE_MS;
  waker.typed();
  waker.typed();
  expect(clock.woken).toBe(1);
});

test("typing soon after the site was opened, or after typing, wakes nothing", () => {
  const { clock, waker } = begun();
  for (let keys = 0; keys < 4; keys += 1) {
    clock.now += SILENCE_MS - 1;
    waker.typed();
  }
  expect(clock.woken).toBe(0);
});

test("a waking that fails is nobody's business", async () => {
  const { clock, waker } = begun(() => Promise.reject(new Error("offline")));
  clock.now += SILENCE_MS;
  expect(() => waker.typed()).not.toThrow();
  await Promise.resolve();
  expect(clock.woken).toBe(1);
});
