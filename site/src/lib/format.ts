/** Numbers, money and days as the person's language writes them. */

export const formatCount = (language: string, count: number): string => new Intl.NumberFormat(language).format(count);

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
