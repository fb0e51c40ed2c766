import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { BrowserContext, Page, Route } from "@playwright/test";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A file of a repository: a path on this disk, or its content. */
export type Content = Buffer | string;

export interface Repository {
  /** By their names there. */
  readonly files: Readonly<Record<string, Content>>;
  readonly gated?: string;
  /** In place of the weights' true SHA-256. */
  readonly sha256?: string;
}

/** huggingface.co as far as a page asks for it: repositories that lie here, and all that was asked for. */
export class Hub {
  readonly asked: string[] = [];
  repositories: Record<string, Repository> = {};
  /** Holds answers back until it is settled. */
  gate: Promise<void> = Promise.resolve();

  async answerFor(browser: Page | BrowserContext): Promise<void> {
    await browser.route("https://huggingface.co/**", (route) => this.#answer(route));
  }

  async #answer(route: Route): Promise<void> {
    const { pathname, search } = new URL(route.request().url());
    this.asked.push(pathname + search);
    await this.gate;
    const headers = { "Access-Control-Allow-Origin": "*" };
    const [, api, name = "", rest = ""] =
      /^\/(api\/models\/)?([\w.-]+\/[\w.-]+)(?:\/(.*))?$/.exec(decodeURIComponent(pathname)) ?? [];
    const repository = this.repositories[name];
    if (!repository) return await route.fulfill({ status: 401, headers, body: '{"error":"Invalid"}' });
    if (api) return await route.fulfill({ headers, json: described(name, repository) });
    const file = repository.files[rest.replace(`resolve/${COMMIT}/`, "")];
    if (file === undefined) return await route.fulfill({ status: 404, headers });
    await route.fulfill({ body: file, headers });
  }
}

/** What the API says of a repository. */
function described(id: string, { files, gated = "", sha256 }: Repository): object {
  const siblings = Object.entries(files).map(([rfilename, content]) => {
    const size = content.length;
    if (/\.json$/.test(rfilename)) return { rfilename, size };
    const digest = sha256 ?? createHash("sha256").update(content).digest("hex");
    return { rfilename, size, lfs: { sha256: digest, size, pointerSize: 132 } };
  });
  return { id, sha: COMMIT, gated: gated || false, siblings };
}

/** timm's config.json. */
export const timm = (architecture: string, side = 224, classes = 10): string =>
  JSON.stringify({
    architecture,
    num_classes: classes,
    pretrained_cfg: {
      input_size: [3, side, side],
      crop_pct: 0.95,
      interpolation: "bicubic",
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  });

/** A repository of one network. */
export const repository = (config: string, weights: string): Repository => ({
  files: { "config.json": config, "model.safetensors": readFileSync(weights) },
});
