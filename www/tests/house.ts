import { API } from "typescript/unstable/sync";

/** One file's need of another, both by their paths in the repository, and the place that says so. */
export interface Need {
  readonly from: string;
  readonly to: string;
  readonly place: string;
}

/** Files, and what they need of each other. */
export interface House {
  readonly files: readonly string[];
  readonly needs: readonly Need[];
}

/** The sources of the page and of the package, without their tests and without declarations of what others made. */
const SOURCE = /^(?:www|pkg)\/src\/.*(?<!\.d|\.test)\.tsx?$/;
/** An import of something that is no module: an address, or a file of another kind. */
const OTHER = /\?url$|\.(?:css|json)$/;

/** Reads all imports with the compiler's parser: of values and of types, and those that are made while the page runs. */
export function readHouse(): House {
  const root = new URL("../../", import.meta.url).pathname;
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${root}www/tsconfig.json`] }).getProjects();
    if (!project) throw new Error("www/tsconfig.json is no project");
    const { program } = project;
    const all = program.getSourceFileNames().map((name) => name.slice(root.length));
    const files = all.filter((file) => SOURCE.test(file));
    const needs = files.flatMap((from) => {
      const file = program.getSourceFile(root + from);
      if (!file) throw new Error(`${from} was not parsed`);
      return file.imports.flatMap((named): Need[] => {
        const [name, line] = [file.text.slice(named.pos, named.end).trim(), file.text.slice(0, named.end)];
        const place = `${from}:${line.split("\n").length} ${name}`;
        const to = leadsTo(from, name.slice(1, -1), all, place);
        return to !== undefined && SOURCE.test(to) ? [{ from, to, place }] : [];
      });
    });
    return { files, needs };
  } finally {
    api.close();
  }
}

/** The file that an import leads to; undefined for another package, and for what is no module. */
function leadsTo(from: string, name: string, files: readonly string[], place: string): string | undefined {
  // The package by its name, whose default is `load`.
  const [, own] = /^c3lrp((?:\/\w+)?)(?:\?\w+)?$/.exec(name) ?? [];
  if ((own === undefined && !name.startsWith(".")) || OTHER.test(name)) return undefined;
  const path =
    own === undefined ? new URL(name, `file:///${from}`).pathname.slice(1) : `pkg/src${own || "/load"}`;
  const plain = path.replace(/\.js$/, "");
  const to = [".ts", ".tsx", ".d.ts"].map((end) => plain + end).find((file) => files.includes(file));
  if (to === undefined) throw new Error(`this leads to no module: ${place}`);
  return to;
}

/** Needs that lead back to where they begin; undefined without any. */
export function circle(needs: readonly Need[]): readonly Need[] | undefined {
  const done = new Set<string>();
  const follow = (at: string, way: readonly Need[]): readonly Need[] | undefined => {
    const back = way.findIndex(({ from }) => from === at);
    if (back >= 0) return way.slice(back);
    if (done.has(at)) return undefined;
    for (const need of needs) {
      const found = need.from === at ? follow(need.to, [...way, need]) : undefined;
      if (found) return found;
    }
    done.add(at);
    return undefined;
  };
  for (const { from } of needs) {
    const found = follow(from, []);
    if (found) return found;
  }
  return undefined;
}

/** The name of a file's module in a folder: the file's own, without its ending, or that of the folder that it lies in. */
export const moduleIn = (folder: string, file: string): string | undefined =>
  file.startsWith(folder) ? file.slice(folder.length).split(/[/.]/)[0] : undefined;

/** The needs of a folder's modules that don't stand below: each module may need those before it in the order alone. */
export function upward(folder: string, order: readonly string[], { files, needs }: House): readonly string[] {
  const floor = (file: string): number => order.indexOf(moduleIn(folder, file) ?? "");
  const own = files.filter((file) => file.startsWith(folder));
  const without = own.filter((file) => floor(file) < 0).map((file) => `${file} has no place`);
  const gone = order
    .filter((name) => !own.some((file) => moduleIn(folder, file) === name))
    .map((name) => `${folder}${name} is not there`);
  const inside = needs.filter(
    ({ from, to }) => from.startsWith(folder) && moduleIn(folder, from) !== moduleIn(folder, to),
  );
  const up = inside.filter(({ from, to }) => to.startsWith(folder) && floor(to) > floor(from));
  return [...without, ...gone, ...up.map(({ place }) => place)];
}
