import type { Page } from "@playwright/test";
import { formulaInput } from "./reference.ts";
import { Server } from "./server.ts";

/** What came of a tensor that the library alone explained, in the browser. */
interface Found {
  device: string;
  target: number;
  logits: Float32Array;
  relevance: Float32Array;
  map: Float32Array;
  /** Where single channels were asked for: each one's relevance, or one's map. */
  channels?: Float32Array;
}

/** Options of an explanation; and a layer's channels, or one of them, where these are meant. */
interface Asked {
  readonly options: object;
  readonly concepts?: { readonly layer: string; readonly channel?: number } | undefined;
}

/** A formula-made tensor [3, side, side], or a drawn bird. */
type Input = readonly [name: string, side: number] | { readonly species: string; readonly seed: number };

/** The library's builds, by their addresses at the server. */
export const BUILDS = {
  full: "/pkg/c3lrp.js",
  light: "/light/light.js",
  relaxed: "/light/light-relaxed.js",
} as const;

const numbers = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);

/** Explains an input once for each question. */
export async function explained(
  page: Page,
  weights: string,
  create: { readonly device: string; readonly kernels?: string },
  input: Input,
  asked: readonly Asked[],
  build: keyof typeof BUILDS = "full",
): Promise<Found[]> {
  const server = new Server(weights);
  await server.start();
  try {
    await page.goto(server.page);
    const bird = "species" in input ? input : undefined;
    const [name, side] = "species" in input ? ["", 0] : input;
    const values = bird ? "" : Buffer.from(formulaInput(name, side).buffer).toString("base64");
    const all = await page.evaluate(
      async ([create, bird, side, values, asked, build]) => {
        const library = await import(new URL(build, location.href).href);
        await library.default();
        const weights = await (await fetch("/weights/network.safetensors")).blob();
        const explainer = await library.Explainer.create(weights, create);
        const tensor = new Float32Array(
          Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0)).buffer,
        );
        const drawn = bird && library.drawBird(bird.species, bird.seed);
        // WebDriver makes an object of each number of a list.
        const text = (values: Float32Array): string => {
          let text = "";
          for (const byte of new Uint8Array(Float32Array.from(values).buffer))
            text += String.fromCharCode(byte);
          return btoa(text);
        };
        const all = [];
        for (const { options, concepts } of asked) {
          const found = await (drawn
            ? explainer.explain(drawn.rgba, drawn.side, drawn.side, { ...options, fit: "whole" })
            : explainer.explainTensor(tensor, side, side, options));
          const of = concepts && (await found.concepts(concepts.layer, options));
          const one = of?.concepts.find((one: { channel: number }) => one.channel === concepts?.channel);
          all.push({
            device: explainer.info.device as string,
            target: found.target as number,
            logits: text(found.logits),
            relevance: text(found.relevance),
            map: text(found.map),
            channels: of && text(one?.map ?? of.channels),
          });
        }
        return all;
      },
      [create, bird, side, values, asked, BUILDS[build]] as const,
    );
    return all.map((found) => ({
      ...found,
      logits: numbers(found.logits),
      relevance: numbers(found.relevance),
      map: numbers(found.map),
      ...(found.channels && { channels: numbers(found.channels) }),
    }));
  } finally {
    server.stop();
  }
}
