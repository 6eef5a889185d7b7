import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { GrowingInterval } from "./growingInterval";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("grows in steps while nothing changes, up to a minute, and starts anew with each change", () => {
  const interval = new GrowingInterval();
  expect(interval.after("a")).toBe(4_000);
  vi.advanceTimersByTime(10_000);
  expect(interval.after("a")).toBe(4_000);
  vi.advanceTimersByTime(10_000);
  expect(interval.after("a")).toBe(8_000);
  vi.advanceTimersByTime(600_000);
  expect(interval.after("a")).toBe(60_000);
  expect(interval.after("b")).toBe(4_000);
  expect(interval.after(null)).toBe(false);
});
