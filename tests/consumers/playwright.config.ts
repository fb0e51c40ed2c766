import { defineConfig } from "@playwright/test";

/** The distribution's Chromium; Playwright's own is not downloaded. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

// The package as it is packed, used as its README says, by everybody who may use it.
export default defineConfig({
  testDir: ".",
  testMatch: "*.test.ts",
  globalSetup: "./setup.ts",
  outputDir: "made/results",
  workers: 2,
  fullyParallel: true,
  // Bundlers and networks share two cores.
  timeout: 240_000,
  expect: { timeout: 120_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 800, height: 600 },
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-background-networking"] },
  },
});
