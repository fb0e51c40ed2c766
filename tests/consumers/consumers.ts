import { cpSync } from "node:fs";
import { make, PAGE, run, SCRIPT } from "./made.ts";

const MODULE = '<script type="module" src="./main.js"></script>';

/** A set-up that makes a folder of plain files of the README's lines. */
export interface Consumer {
  readonly name: string;
  /** Builds it, and gives the folder to be served. */
  build(): Promise<string>;
}

/** A bundler that takes no HTML has its files put beside the page. */
const WASM = "node_modules/c3lrp/c3lrp_bg.wasm";

export const CONSUMERS: readonly Consumer[] = [
  {
    name: "no bundler",
    async build() {
      const map = { imports: { c3lrp: "./node_modules/c3lrp/dist/load.js" } };
      const script = `<script type="importmap">${JSON.stringify(map)}</script>${MODULE}`;
      return make("html", { "index.html": PAGE(script), "main.js": SCRIPT }, ".");
    },
  },
  ...["vite", "vite-7"].map((vite) => ({
    name: vite,
    async build() {
      const folder = make(vite, { "index.html": PAGE(MODULE), "main.js": SCRIPT });
      await run(folder, `${vite}/bin/vite.js`, "build", "--target", "es2022", "--logLevel", "error");
      return `${folder}/dist`;
    },
  })),
  {
    name: "webpack",
    async build() {
      const build = `
        import webpack from "webpack";
        webpack({ mode: "production", entry: "./main.js", context: import.meta.dirname }, (error, stats) => {
          if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
        });`;
      const page = PAGE('<script type="module" src="dist/main.js"></script>');
      const folder = make("webpack", { "index.html": page, "main.js": SCRIPT, "build.js": build }, ".");
      await run(folder, `${folder}/build.js`);
      return folder;
    },
  },
  {
    name: "esbuild",
    async build() {
      const folder = make("esbuild", { "app.js": SCRIPT }, "dist");
      const page = PAGE('<script type="module" src="app.js"></script>');
      make("esbuild", { "dist/index.html": page }, "dist");
      await run(
        folder,
        "esbuild/bin/esbuild",
        ...["app.js", "worker=c3lrp/worker", "--bundle", "--format=esm", "--outdir=dist"],
      );
      cpSync(`${folder}/${WASM}`, `${folder}/dist/c3lrp_bg.wasm`);
      return `${folder}/dist`;
    },
  },
  {
    name: "rollup",
    async build() {
      const config = `
        import resolve from "@rollup/plugin-node-resolve";
        export default {
          input: { app: "app.js", worker: "c3lrp/worker" },
          plugins: [resolve({ browser: true })],
          output: { dir: "dist", format: "es" },
        };`;
      const page = PAGE('<script type="module" src="app.js"></script>');
      const files = { "app.js": SCRIPT, "rollup.config.js": config, "dist/index.html": page };
      const folder = make("rollup", files, "dist");
      await run(folder, "rollup/dist/bin/rollup", "-c", "--silent");
      cpSync(`${folder}/${WASM}`, `${folder}/dist/c3lrp_bg.wasm`);
      return `${folder}/dist`;
    },
  },
  {
    name: "parcel",
    async build() {
      const own = {
        private: true,
        type: "module",
        dependencies: { c3lrp: "0.1.0" },
        "@parcel/resolver-default": { packageExports: true },
      };
      const files = {
        "package.json": JSON.stringify(own),
        "index.html": PAGE('<script type="module" src="./main.js"></script>'),
        "main.js": SCRIPT,
      };
      const folder = make("parcel", files, ".");
      await run(folder, "parcel/lib/bin.js", "build", "index.html", "--no-cache", "--public-url", "./");
      cpSync(`${folder}/resnet50.safetensors`, `${folder}/dist/resnet50.safetensors`);
      return `${folder}/dist`;
    },
  },
];
