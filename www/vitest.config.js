import { defineConfig, mergeConfig } from "vitest/config";
import page from "./vite.config.js";

// Logic without a browser: seconds, not minutes.
export default mergeConfig(
  page,
  defineConfig({
    test: {
      include: ["tests/*.test.{ts,js}", "src/**/*.test.ts", "docs/*.test.js"],
      testTimeout: 30_000,
      environment: "node",
      execArgv: ["--expose-gc"],
    },
  }),
);
