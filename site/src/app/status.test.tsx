/** The owner's status page, as the whole site has it. */
import { configure, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { StageStatus } from "@/api/types";
import { setLanguage } from "@/i18n";
import { openApp, openAsOwner, person, prepareApp } from "@/test/openApp";

configure({ asyncUtilTimeout: 10_000 });
prepareApp();

const HOURS = Array.from({ length: 24 }, (_, at) => new Date(Date.UTC(2026, 10, 28, at)).toISOString());
const nothing = HOURS.map(() => null);
const LINES = ["turns", "first_word_p50_ms", "first_word_p95_ms", "model_failures", "refused", "stuck", "healthy", "spend_today_usd", "requests", "server_errors"] as const;
type Day = NonNullable<StageStatus["day"]>;

const quiet = (): Day => ({
  hours: HOURS,
  lines: Object.fromEntries(LINES.map((name) => [name, nothing])) as Day["lines"],
  functions: [{ name: "answer", invocations: 0, errors: 0, p99_ms: null }],
  queues: [{ name: "answer-failures", waiting: 0 }],
});

const status = (fields: Partial<StageStatus> = {}): StageStatus => ({
  stage: "prod",
  version: "abc123",
  checked_at: "2026-11-28T23:10:00.000Z",
  failing: [],
  model: { state: "ok", checked_at: "2026-11-28T23:09:00.000Z" },
  spend: { today_usd: null, day_budget_usd: 5, month_usd: 0, month_budget_usd: 50 },
  day: quiet(),
  alarms: [],
  backups: { newest: null, drill: null, failures: [] },
  ...fields,
});

const busy = (): StageStatus =>
  status({
    failing: ["table usage"],
    spend: { today_usd: 1.5, day_budget_usd: 5, month_usd: 12, month_budget_usd: 50 },
    day: {
      ...quiet(),
      lines: { ...quiet().lines, turns: [...nothing.slice(1), 7], first_word_p95_ms: [...nothing.slice(1), 1_200] },
      functions: [{ name: "answer", invocations: 40, errors: 2, p99_ms: 8_000 }],
      queues: [{ name: "answer-failures", waiting: 3 }, { name: "study-failures", waiting: 0 }],
    },
    alarms: [{ name: "people", state: "alarm", since: "2026-11-28T23:00:00.000Z" }, { name: "stuck", state: "ok", since: "2026-11-28T23:00:00.000Z" }],
    backups: {
      newest: { id: "2026-11-28T02-00-00Z", made_at: "2026-11-28T02:00:00.000Z", items: 9, bytes: 5 },
      drill: { backup_id: "2026-11-22T02-00-00Z", at: "2026-11-22T05:20:00.000Z", passed: false },
      failures: [{ at: "2026-11-27T02:00:00.000Z", why: "the export failed" }],
    },
  });

let replies: [number, unknown][];
let asked: number;

beforeEach(() => {
  replies = [[200, status()]];
  asked = 0;
  const before = fetch;
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    if (new URL(address).pathname !== "/status") return before(address, init);
    asked += 1;
    const [code, body] = (replies.length > 1 ? replies.shift() : replies[0]) ?? [200, status()];
    return Response.json(body, { status: code });
  });
  return () => setLanguage("en");
});

describe("the status page", () => {
  it("is shown to owners alone", async () => {
    openApp("/status");
    expect(await screen.findByText("This page is for owners")).toBeInTheDocument();
    expect(asked).toBe(0);
    expect(screen.queryByRole("link", { name: "Status" })).not.toBeInTheDocument();
  });

  it("says what there is of a new stage", async () => {
    openAsOwner("/status");
    const summary = await screen.findByRole("region", { name: "At a glance" });
    expect(summary).toHaveTextContent(/Everything answersThe model answers.*Claude today–of \$5\.00.*\$0\.00of \$50\.00/);
    expect(within(summary).getAllByText("None yet")).toHaveLength(2);
    expect(screen.getByText(/Nothing was measured/)).toBeInTheDocument();
    expect(screen.getByText("All are empty.")).toBeInTheDocument();
    expect(screen.queryByRole("table", { name: "Answers an hour" })).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Status" })).toHaveAttribute("aria-current", "page");
  });

  it("tells what is wrong, and the day as charts with tables", async () => {
    replies = [[200, busy()]];
    openAsOwner("/status");
    expect(await screen.findByText("Does not answer: table usage")).toBeInTheDocument();
    expect(screen.getByText("Alarms · On: people")).toBeInTheDocument();
    const summary = screen.getByRole("region", { name: "At a glance" });
    expect(summary).toHaveTextContent(/\$1\.50of \$5\.00/);
    expect(summary).toHaveTextContent(/Last drillFailed/);
    const rows = within(screen.getByRole("table", { name: "Answers an hour" })).getAllByRole("row");
    expect(rows).toHaveLength(25);
    expect(rows.at(-1)).toHaveTextContent(/7–$/);
    const functions = screen.getByRole("table", { name: "Functions in the last 24 hours" });
    expect(within(functions).getByRole("row", { name: "answer 40 2 8 sec" })).toBeInTheDocument();
    expect(screen.getByText("3 waiting")).toBeInTheDocument();
    expect(screen.queryByText("study-failures")).not.toBeInTheDocument();
    expect(screen.getByText(/the export failed/)).toBeInTheDocument();
  });

  it("shows the rest where metrics and alarms cannot be read", async () => {
    replies = [[200, status({ day: null, alarms: null, backups: null })]];
    openAsOwner("/status");
    const summary = await screen.findByRole("region", { name: "At a glance" });
    expect(within(summary).getAllByText("Cannot be read now.")).toHaveLength(3);
    expect(screen.getByText(/The numbers of the last 24 hours cannot be read now/)).toBeInTheDocument();
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
  });

  it("can be tried again after an error", async () => {
    replies = [[403, { error: { code: "forbidden", message: "Only owners may do this." } }], [200, status()]];
    openAsOwner("/status");
    expect(await screen.findByText(/The status could not be loaded/)).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Everything answers")).toBeInTheDocument();
  });

  it("is there in French", async () => {
    setLanguage("fr");
    openAsOwner("/status");
    expect(await screen.findByText("Tout répond")).toBeInTheDocument();
  });
});
