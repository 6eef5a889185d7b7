/** Numbers, money and days as the person's language writes them. */

import { localeOf } from "./locale";

/** Between facts in one line. */
export const DOT = " · ";

export const formatCount = (language: string, count: number): string => new Intl.NumberFormat(language).format(count);

/** For estimates: two digits that count, "about 90,000" rather than 89,712. */
export const formatRounded = (language: string, count: number): string =>
  new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(count);

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "3.2 MB", "3,2 Mo": in steps of 1,024, as the limits are meant. */
export function formatBytes(language: string, bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** step;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: BYTE_UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step > 0 && amount < 10 ? 1 : 0,
  }).format(amount);
}

const LONGEST_NAME = 48;

/** A file's name in a sentence: of a long one its beginning and its end, which tell files apart. */
export function shortName(name: string): string {
  const signs = [...name];
  if (signs.length <= LONGEST_NAME) return name;
  const kept = LONGEST_NAME / 2;
  return `${signs.slice(0, kept).join("")}…${signs.slice(1 - kept).join("")}`;
}

/** "21 Nov 2026", which no line breaks in two. */
export const formatDate = (language: string, isoTime: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium" }).format(new Date(isoTime)).replaceAll(" ", "\u00a0");

/** "14:32:05", and the day too where it is another one than today. */
export function formatMoment(language: string, timeMs: number): string {
  const time = new Date(timeMs);
  const isToday = time.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(localeOf(language), isToday ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" }).format(time);
}

/** "14:32", of the minute that has begun by then; and the day too where it is another one than today. */
export function formatClock(language: string, timeMs: number): string {
  const time = new Date(Math.ceil(timeMs / 60_000) * 60_000);
  const isToday = time.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(localeOf(language), { ...(isToday ? {} : { dateStyle: "medium" }), timeStyle: "short" }).format(time);
}

/** US dollars; small sums keep enough digits to say something. */
export function formatUsd(language: string, amount: number): string {
  const digits = amount > 0 && amount < 0.1 ? 4 : 2;
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits === 4 ? 2 : digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

export type Period = "today" | "yesterday" | "week" | "month" | "older";

const DAY_MS = 86_400_000;

/** How long ago a time is, by calendar days of this browser. */
export function periodOf(isoTime: string, now: Date): Period {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const time = new Date(isoTime).getTime();
  if (time >= midnight) return "today";
  if (time >= midnight - DAY_MS) return "yesterday";
  if (time >= midnight - 7 * DAY_MS) return "week";
  return time >= midnight - 30 * DAY_MS ? "month" : "older";
}

/** "21 Nov 2026, 14:05". */
export const formatTime = (language: string, isoTime: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "short" }).format(new Date(isoTime));

/** "5 minutes ago", "yesterday", and after a month the day. */
export function formatAgo(language: string, isoTime: string, now: number): string {
  const seconds = Math.round((now - new Date(isoTime).getTime()) / 1_000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (seconds < 60) return format.format(0, "second");
  if (seconds < 3_600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3_600), "hour");
  if (seconds < 30 * 86_400) return format.format(-Math.floor(seconds / 86_400), "day");
  return formatDate(language, isoTime);
}
