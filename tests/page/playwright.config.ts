import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";

/** The distribution's Chromium; Playwright's own is not downloaded. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** The distribution's Firefox. */
export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** What takes minutes on a software adapter, or is measured, and so runs with nothing beside it. */
const ALONE = ["full.test.ts", "parity.test.ts", "methods.test.ts", "memory.test.ts", "soak.test.ts"];

const quiet = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
/** A real WebGPU device in software, on machines without a GPU. */
const webgpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

const launch = (args: string[]) => ({ launchOptions: { executablePath: CHROMIUM, args } });

/** Another engine's browser, which Playwright drives over WebDriver BiDi; these take longer over a map. */
const bidi = (name: string, executablePath: string, firefoxUserPrefs: Record<string, boolean> = {}) =>
  ({
    name,
    fullyParallel: true,
    timeout: 180_000,
    expect: { timeout: 90_000 },
    use: {
      browserName: "firefox",
      channel: "moz-firefox",
      launchOptions: { executablePath, firefoxUserPrefs },
    },
  }) as const;

export default defineConfig({
  testDir: ".",
  testMatch: "*.test.ts",
  globalSetup: "./setup.ts",
  outputDir: "../../target/page-tests/results",
  // Two cores do everything, the browsers included: few tests at a time, and time enough for each.
  workers: 2,
  timeout: 90_000,
  // A shared machine may stall for a minute; a test that needs its second try is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  expect: { timeout: 45_000 },
  reporter: [["list"], ["./skipped.ts"]],
  // Service workers answer before a test's routes do; the tests that are about them let them in.
  use: { viewport: { width: 1280, height: 800 }, trace: "off", serviceWorkers: "block" },
  projects: [
    {
      name: "page",
      fullyParallel: true,
      testIgnore: ["no-gpu.test.ts", "webgpu.test.ts", ...ALONE],
      use: launch([...quiet, ...webgpu]),
    },
    {
      // A page may take the focus back that has gone to the browser's own buttons.
      ...bidi("firefox", FIREFOX, { "dom.disable_window_flip": false }),
      testIgnore: ["no-gpu.test.ts", ...ALONE],
    },
    {
      ...bidi("webkit", fileURLToPath(new URL("webkit.mjs", import.meta.url))),
      testIgnore: ["no-gpu.test.ts", "webgpu.test.ts", ...ALONE],
    },
    { name: "no-gpu", testMatch: "no-gpu.test.ts", use: launch(quiet) },
    // The full-size ResNet-50, and many shaders: minutes on a software adapter, and alone, since it is timed.
    {
      name: "full",
      testMatch: ALONE,
      dependencies: ["page", "no-gpu"],
      timeout: 420_000,
      use: launch([...quiet, ...webgpu]),
    },
  ],
});
