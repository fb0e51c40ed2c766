import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { documentation } from "./docs/site.js";
import { ahead, copies, light, manifest, offline, packages, policy } from "./plugins.js";

// The page is a folder of plain files that works from any address, under a strict
// Content-Security-Policy: relative links, nothing inlined, no helper scripts. Every file but
// index.html and the service worker has its content's hash in its name, those of public/ too: a page
// can only ever get the files that it was built with.
export default defineConfig({
  base: "./",
  publicDir: false,
  // Of the package, the page takes the sources.
  resolve: {
    alias: [
      {
        find: /^c3lrp\/(\w+)/,
        replacement: `${fileURLToPath(new URL("../pkg/src", import.meta.url))}/$1.ts`,
      },
    ],
  },
  plugins: [policy(), light(), packages(), ahead(), manifest(), documentation(), offline(), copies()],
  worker: { format: "es", plugins: () => [light(), packages()] },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 200,
    rolldownOptions: {
      input: { index: "index.html", "service-worker": "src/service-worker.ts" },
      output: {
        entryFileNames: ({ name }) =>
          name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
        assetFileNames: ({ names: [name] }) =>
          `assets/${/\.(safetensors|concepts\.json)$/.test(name ?? "") ? "models/" : ""}[name]-[hash][extname]`,
      },
    },
  },
  server: { fs: { allow: [".."] } },
});
