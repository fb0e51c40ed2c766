import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// The page is a folder of plain files that works from any address, under a strict
// Content-Security-Policy: relative links, nothing inlined, no helper scripts.
export default defineConfig({
  base: "./",
  resolve: { alias: { c3lrp: fileURLToPath(new URL("../pkg/c3lrp.js", import.meta.url)) } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 200,
  },
  server: { fs: { allow: [".."] } },
});
