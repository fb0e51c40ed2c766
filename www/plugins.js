import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { sendCopy } from "./compressed.js";
import { POLICY } from "./src/policy.ts";

/** Writes the policy into the built index.html, before anything that it could forbid. */
export const policy = () => ({
  name: "policy",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: () =>
      [
        { "http-equiv": "Content-Security-Policy", content: POLICY },
        { name: "referrer", content: "no-referrer" },
      ].map((attrs) => ({ tag: "meta", attrs, injectTo: "head-prepend" })),
  },
});

/**
 * Writes the manifest and the icons that it names, each with its content's hash in its name, and names the manifest in
 * index.html: as one that is there, until the page makes it the page's own (offline.ts).
 */
export const manifest = () => {
  let href = "";
  return {
    name: "manifest",
    apply: "build",
    generateBundle() {
      const read = (name) => readFileSync(new URL(`public/${name}`, import.meta.url));
      const emit = (name, source) =>
        this.getFileName(this.emitFile({ type: "asset", name: name.split("/").at(-1), source }));
      const given = JSON.parse(read("manifest.webmanifest").toString());
      // The manifest lies beside its icons.
      const icons = given.icons.map((icon) => ({
        ...icon,
        src: emit(icon.src, read(icon.src)).replace(/^assets\//, ""),
      }));
      href = `./${emit("manifest.webmanifest", JSON.stringify({ ...given, icons }))}`;
    },
    transformIndexHtml: {
      order: "post",
      handler: () => [
        {
          tag: "link",
          attrs: { id: "manifest", rel: "alternate", type: "application/manifest+json", href },
          injectTo: "head",
        },
      ],
    },
  };
};

/** Holds the page to what THIRD-PARTY.txt says: that of npm packages it has the code of its dependencies alone. */
export const packages = () => ({
  name: "packages",
  apply: "build",
  generateBundle(_, bundle) {
    const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
    const modules = Object.values(bundle).flatMap(({ moduleIds }) => moduleIds ?? []);
    const own = Object.keys(dependencies).map((name) => `/node_modules/${name}/`);
    const foreign = modules.filter(
      (id) => id.includes("/node_modules/") && !own.some((path) => id.includes(path)),
    );
    if (foreign.length > 0) throw new Error(`the page has code of other npm packages: ${foreign.join(", ")}`);
  },
});

/** Gives the workers of light.ts and light-relaxed.ts the light libraries in place of the full one. */
export const light = () => ({
  name: "light",
  enforce: "pre",
  resolveId(source, importer) {
    // The package names dist/worker.js as the file that does something when it is imported.
    if (/\/worker\.ts\?light(-relaxed)?$/.test(source)) return { id: source, moduleSideEffects: true };
    const [query, library] = importer?.match(/\?(light(?:-relaxed)?)$/) ?? [];
    if (query === undefined) return undefined;
    if (source === "../c3lrp.js") return fileURLToPath(new URL(`light/${library}.js`, import.meta.url));
    // The worker's own modules get it too.
    return /^\.\/[\w-]+\.js$/.test(source)
      ? join(dirname(importer), source.replace(/\.js$/, ".ts")) + query
      : undefined;
  },
});

/** Writes into the built service worker which files make up the page, each with its SHA-256. */
export const offline = () => {
  let dist = "";
  return {
    name: "offline",
    apply: "build",
    configResolved(config) {
      dist = join(config.root, config.build.outDir);
    },
    closeBundle() {
      const worker = "service-worker.js";
      const files = readdirSync(dist, { recursive: true })
        .map((name) => name.replaceAll("\\", "/"))
        .filter((name) => name !== worker && statSync(join(dist, name)).isFile())
        .sort();
      const hash = (name) =>
        createHash("sha256")
          .update(readFileSync(join(dist, name)))
          .digest("hex");
      const list = JSON.stringify(Object.fromEntries(files.map((name) => [name, hash(name)])));
      const code = readFileSync(join(dist, worker), "utf8");
      const values = { __FILES__: list, __POLICY__: JSON.stringify(POLICY) };
      const fill = (text, [name, value]) => {
        if (!text.includes(name)) throw new Error(`the service worker has no ${name} to fill in`);
        return text.replaceAll(name, () => value);
      };
      writeFileSync(join(dist, worker), Object.entries(values).reduce(fill, code));
    },
  };
};

/** Lets `vite preview` send the copies beside the built files, as a host would (compressed.js). */
export const copies = () => ({
  name: "copies",
  configurePreviewServer({ config, middlewares }) {
    const dist = join(config.root, config.build.outDir);
    middlewares.use((request, response, next) => {
      const { pathname } = new URL(request.url, "http://localhost");
      const file = normalize(join(dist, decodeURIComponent(pathname.replace(/\/$/, "/index.html"))));
      if (!file.startsWith(join(dist, "/")) || !sendCopy(file, request, response)) next();
    });
  },
});

/** Names the page's own code in index.html, so that it is fetched beside the first script, and not after it. */
export const ahead = () => ({
  name: "ahead",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) =>
      Object.values(bundle)
        .filter(({ facadeModuleId }) => facadeModuleId?.endsWith("/src/main.tsx"))
        .map(({ fileName }) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `./${fileName}` },
          injectTo: "head",
        })),
  },
});
