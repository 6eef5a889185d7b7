import { fileURLToPath } from "node:url";

import { defineConfig, devices } from "@playwright/test";

const specs = process.env["CHATAPP_E2E_SPECS"] || "specs";
const results = fileURLToPath(new URL("../../.build/e2e/results/", import.meta.url));

// Without them Chromium looks up its maker's hosts at every start.
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  // Debian's own script switches it on, for a processor of graphics that no test machine has.
  "--disable-gpu-rasterization",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: specs,
  outputDir: `${results}${specs}`,
  reporter: [["list"], ["json", { outputFile: `${results}${specs}.json` }]],
  fullyParallel: true,
  // Mostly they wait: for answers that stream, and for a page to show them.
  workers: 3,
  forbidOnly: true,
  // On a busy machine the first answers wait for their functions' cold starts.
  timeout: 150_000,
  expect: { timeout: 45_000 },
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: CHROMIUM_FLAGS },
    locale: "en-GB",
    actionTimeout: 45_000,
    navigationTimeout: 45_000,
    screenshot: "only-on-failure",
    // Without its film: to draw and pack every frame of every test costs more than the tests themselves.
    trace: { mode: "retain-on-failure", screenshots: false },
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } }, grepInvert: /@phone-only/ },
    { name: "phone", use: { ...devices["Pixel 7"] }, grep: /@phone/ },
  ],
});
