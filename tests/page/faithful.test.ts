import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import {
  askAnyway,
  asPublished,
  canvasHash,
  dropPicture,
  expect,
  loadWeights,
  mapShown,
  OPENING,
  reopen,
  test,
} from "./page.ts";

interface Wanted {
  readonly method?: string | object;
  readonly filter?: string;
  readonly target?: number;
  readonly protocol?: string;
  readonly ties?: string;
  /** Another map in place of the explanation's. */
  readonly map?: "uniform";
  /** Where the weights are, if not those that the page opens with. */
  readonly weights?: string;
}

interface Measured {
  readonly insertion: number[];
  readonly deletion: number[];
  readonly shares: number[];
  readonly scores: string[];
  /** The picture at each of the points asked for, as `canvasHash` has it. */
  readonly shots: Record<"insertion" | "deletion", string>[];
}

/** What the library alone measures, in the same browser, of the bird that the page opens with. */
async function library(page: Page, wanted: Wanted, points: readonly number[] = []): Promise<Measured> {
  return await page.evaluate(
    async ([wanted, points]) => {
      const { method = "c3-lrp", filter = "c3", protocol, ties, map, target } = wanted;
      const { weights: url = "./models/birds-resnet50.safetensors" } = wanted;
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const weights = await (await fetch(url)).blob();
      const explainer = await library.Explainer.create(weights, { device: "cpu" });
      const bird = library.drawBird("Masked Sunwren", 63);
      const asked = { fit: "whole", method, filter, ...(target === undefined ? {} : { target }) };
      const explained = await explainer.explain(bird.rgba, bird.side, bird.side, asked);
      const plan = { ...(protocol ? { protocol } : {}), ...(ties ? { ties } : {}) };
      const filtered = map ? new Float32Array(bird.side ** 2).fill(1) : explained.filtered;
      const curves = await explained.faithfulness(filtered, { ...plan, target: explained.target });
      const shot = async (direction: string, point: number): Promise<string> => {
        const pixels = explained.shown(filtered, { ...plan, direction, point });
        const digest = new Uint8Array(
          await crypto.subtle.digest("SHA-256", Uint8ClampedArray.from(pixels as Uint8ClampedArray)),
        );
        return `${bird.side}×${bird.side} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
      };
      const shots = [];
      for (const point of points) {
        shots.push({
          insertion: await shot("insertion", point),
          deletion: await shot("deletion", point),
        });
      }
      const three = (value: number): string => value.toFixed(3).replace("-", "−");
      return {
        insertion: Array.from(curves.insertion.probabilities as Float32Array),
        deletion: Array.from(curves.deletion.probabilities as Float32Array),
        shares: Array.from(curves.insertion.shares as Float32Array),
        scores: [curves.insertion.area, curves.deletion.area, curves.id].map(three),
        shots,
      };
    },
    [wanted, points] as const,
  );
}

const row = (page: Page, title: string) =>
  page.locator("#scores tbody tr", { has: page.getByText(title, { exact: true }) });

const scores = async (page: Page, title: string): Promise<string[]> =>
  await row(page, title).locator("td > span:first-child").allTextContents();

/** Waits until a map is measured. */
const measured = async (page: Page, title: string): Promise<string[]> => {
  await expect(row(page, title).locator("td > span:first-child").first()).toHaveText(/^\d/);
  return await scores(page, title);
};

/** Waits until nothing is left to be measured. */
const settled = async (page: Page): Promise<void> =>
  await expect(page.locator("#judge-cancel")).toHaveCSS("visibility", "hidden");

const slide = async (page: Page, point: number): Promise<void> => {
  await expect(page.locator("#point")).toBeEnabled();
  await page.locator("#point").fill(String(point));
};

/** Waits until the pictures at this point are those. */
async function shotsAre(page: Page, expected: Measured["shots"][number] | undefined): Promise<void> {
  for (const direction of ["insertion", "deletion"] as const) {
    await expect(async () =>
      expect(await canvasHash(page, `#shot-${direction}`), direction).toBe(expected?.[direction]),
    ).toPass();
  }
}

const percent = (share: number): string => {
  const hundred = 100 * share;
  return hundred < 0.1 && hundred > 0
    ? "< 0.1 %"
    : `${hundred.toFixed(hundred < 10 && hundred > 0 ? 1 : 0)} %`;
};

/** The probabilities that a chart's chosen line has, by its heights. */
async function heights(page: Page, figure: number): Promise<number[]> {
  const path = page.locator("#charts figure").nth(figure).locator('path.curve[data-chosen="true"]');
  const d = (await path.getAttribute("d")) ?? "";
  return Array.from(d.matchAll(/[ML]\S+ (\S+?)(?=L|$)/g), ([, y]) => (196 - Number(y)) / 186);
}

// The paper's own settings, which are the library's defaults as well.
test.beforeEach(({ page }) => asPublished(page));

test("the opening bird's curves, scores and pictures are the library's", async ({ page }) => {
  await expect(page.locator("#judgement")).toBeHidden();
  await page.locator("#judge-open").click();
  await expect(page.locator("#judge-open")).toHaveText("Close");
  await expect(page.locator("#judge-open"), "the focus stays").toBeFocused();
  const found = await measured(page, "C3-LRP");
  const points = [0, 5, 20, 50];
  const expected = await library(page, {}, points);
  expect(found).toEqual(expected.scores);
  await expect(page.locator("#scores tbody tr")).toHaveCount(1);
  await expect(page.locator("#scores [data-best=true]"), "of one there is no best").toHaveCount(0);
  for (const [figure, curve] of [expected.insertion, expected.deletion].entries()) {
    const drawn = await heights(page, figure);
    expect(drawn).toHaveLength(51);
    curve.forEach((probability, i) => {
      expect(Math.abs((drawn[i] ?? 2) - probability), `point ${i}`).toBeLessThan(0.0003);
    });
  }

  for (const [i, point] of points.entries()) {
    await slide(page, point);
    await shotsAre(page, expected.shots[i]);
    const share = percent(expected.shares[point] ?? 0);
    for (const [direction, left] of [
      ["insertion", "shown"],
      ["deletion", "hidden"],
    ] as const) {
      const probability = percent(expected[direction][point] ?? 0);
      await expect(page.locator(`#shot-${direction}-word`)).toHaveText(
        `${probability} Masked Sunwrenwith ${share} of the pixels ${left}, in the order of C3-LRP`,
      );
    }
    await expect(page.locator("#charts circle")).toHaveCount(2);
    await expect(page.locator("#charts .value").first()).toHaveText(percent(expected.insertion[point] ?? 0));
  }
  // At the ends are the whole picture and a single colour.
  const ends = await page.evaluate(() =>
    ["insertion", "deletion"].map((direction) => {
      const canvas = document.getElementById(`shot-${direction}`) as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      return new Set(new Uint32Array((data ?? new Uint8ClampedArray(4)).buffer)).size;
    }),
  );
  expect(ends[0]).toBeGreaterThan(1000);
  expect(ends[1]).toBe(1);

  // By keyboard, and by a click into a chart.
  await page.locator("#point").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("#point-word")).toHaveText("98 %");
  await expect(page.locator("#point")).toHaveAttribute("aria-valuetext", /^98\s% of the pixels$/);
  await page.keyboard.press("Home");
  await expect(page.locator("#point-word")).toHaveText("0 %");
  await shotsAre(page, expected.shots[0]);
  const chart = page.locator("#charts svg").first();
  const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
  await chart.click({ position: { x: (width * (48 + 0.4 * 328)) / 384, y: height / 2 } });
  await expect(page.locator("#point-word")).toHaveText("40 %");
  await shotsAre(page, expected.shots[2]);

  // The strongest pixel's place, by the drawn bird's mask.
  await expect(row(page, "C3-LRP").locator(".pointing")).toHaveText("yes");
  await page.locator("#judge-open").click();
  await expect(page.locator("#judgement")).toBeHidden();
});

test("protocols and equal values give what the library gives, and maps that know nothing stand beside @once", async ({
  page,
}) => {
  test.slow();
  // Of this method's map the filter leaves a fifth, so that it matters what the rest does.
  const method = "lrp-epsilon-plus";
  await page.locator("#method").selectOption(method);
  await mapShown(page);
  await page.locator("#judge-open").click();
  await expect(page.locator("#ties-word")).toHaveText(
    /^78\s% of the pixels in LRP-εz⁺ have the same value.* one by one/,
  );
  const first = await measured(page, "LRP-εz⁺");
  const seen = new Set<string>();
  for (const [protocol, words, each] of [
    ["paper", "mean colour", ["stable", "together"]],
    ["rise", "blurred", ["stable"]],
    ["patch", "black", ["together"]],
  ] as const) {
    for (const ties of each) {
      await page.locator(`input[name=protocol][value=${protocol}]`).check();
      await page.locator(`input[name=ties][value=${ties}]`).check();
      const found = await measured(page, "LRP-εz⁺");
      const expected = await library(page, { method, protocol, ties }, [3]);
      expect(found, `${protocol}, ${ties}`).toEqual(expected.scores);
      await expect(page.locator("#protocol-word")).toContainText(words);
      await expect(page.locator("#ties-word")).toContainText(ties === "stable" ? "row by row" : "at once");
      await slide(page, 3);
      await shotsAre(page, expected.shots[0]);
      seen.add(found.join());
    }
  }
  expect(seen.size, "they matter").toBe(4);

  await page.locator("#baselines").check();
  await settled(page);
  const uniform = await library(page, { protocol: "patch", ties: "together", map: "uniform" });
  expect(await scores(page, "Uniform")).toEqual(uniform.scores);
  await expect(page.locator("#scores tbody tr")).toHaveCount(3);
  await page.locator("input[name=protocol][value=paper]").check();
  await page.locator("input[name=ties][value=stable]").check();
  expect(await scores(page, "LRP-εz⁺"), "what was measured is kept").toEqual(first);
});

test("with the comparison open every card that is done has a row, of which one is chosen @once", async ({
  page,
}) => {
  test.slow();
  // A small network, which is measured sooner.
  const weights = "/weights/small.safetensors";
  await loadWeights(page, files.small);
  await mapShown(page);
  await page.locator("#judge-open").click();
  await page.locator("#compare-open").click();
  const titles = ["C3-LRP", OPENING.title, "Input × Gradient", "Grad-CAM"];
  await expect(page.locator("#scores tbody tr")).toHaveCount(4);
  expect(await page.locator("#scores tbody th").allTextContents()).toEqual(titles);
  for (const title of titles) await measured(page, title);
  await expect(page.locator("#charts path.curve")).toHaveCount(8);
  const all: string[][] = [];
  for (const [i, method] of ["c3-lrp", OPENING.method, "input-x-gradient", "grad-cam"].entries()) {
    const expected = await library(page, { method, weights }, i === 3 ? [7] : []);
    expect(await scores(page, titles[i] ?? ""), method).toEqual(expected.scores);
    all.push(expected.scores);
    if (i < 3) continue;
    await row(page, "Grad-CAM").locator("input").check();
    await slide(page, 7);
    await shotsAre(page, expected.shots[0]);
    await expect(row(page, "Grad-CAM").locator("input"), "the focus stays").toBeChecked();
  }
  // The best of each column is marked: insertion and ID the highest, deletion the lowest.
  for (const [column, best] of [Math.max, Math.min, Math.max].entries()) {
    const values = all.map((numbers) => Number(numbers[column]?.replace("−", "-")));
    const cells = page.locator(`#scores tbody td:nth-of-type(${column + 1})`);
    expect(await cells.evaluateAll((nodes) => nodes.map((node) => node.dataset.best))).toEqual(
      values.map((value) => String(value === best(...values))),
    );
  }

  // Another filter's maps are other maps, and the card's methods go when the comparison does.
  await page.getByLabel("None", { exact: true }).check();
  await mapShown(page);
  const none = await library(page, { filter: "none", weights });
  await expect(async () => expect(await scores(page, "C3-LRP")).toEqual(none.scores)).toPass();
  await page.locator("#compare-open").click();
  await expect(page.locator("#scores tbody tr")).toHaveCount(1);
  await expect(row(page, "C3-LRP").locator("input"), "the main view's is chosen again").toBeChecked();
});

test("calling off keeps what is done, the page explains on, and another class or picture is measured anew @once", async ({
  page,
}) => {
  test.slow();
  await page.locator("#judge-open").click();
  const first = await measured(page, "C3-LRP");
  await page.locator("#baselines").check();
  await expect(page.locator("#judge-what")).toHaveText(/^Uniform: \d+ of 102 pictures$/);
  await page.locator("#judge-cancel").click();
  await expect(page.locator("#judge-cancel")).toHaveText("Go on");
  await expect(page.locator("#judge-cancel"), "the focus stays").toBeFocused();
  expect(await scores(page, "C3-LRP")).toEqual(first);
  expect(await scores(page, "Uniform")).toEqual(["–", "–", "–"]);
  await expect(page.locator("#notice")).toBeHidden();
  // Pictures come all the same.
  const [at] = (await library(page, {}, [9])).shots;
  await slide(page, 9);
  await shotsAre(page, at);

  await page.locator("#judge-cancel").click();
  await expect(page.locator("#judge-what")).toHaveText(/^Uniform: /);
  // An explanation does not wait for the measuring.
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  const target = Number(await page.locator("#top button").nth(1).getAttribute("data-index"));
  const other = await library(page, { target });
  await expect(async () => expect(await scores(page, "C3-LRP")).toEqual(other.scores)).toPass();
  expect(other.scores).not.toEqual(first);
  const uniform = await library(page, { target, map: "uniform" });
  await settled(page);
  expect(await scores(page, "Uniform"), "of the other class too").toEqual(uniform.scores);

  const before = await page.locator("#bird-name").textContent();
  await page.locator("#draw").click();
  await expect(page.locator("#bird-name")).not.toHaveText(before ?? "");
  await mapShown(page);
  await expect(async () => expect(await measured(page, "C3-LRP")).not.toEqual(other.scores)).toPass();
  await settled(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("the pictures are those of the part of a photograph that is explained, also on the way back to it", async ({
  page,
}) => {
  await dropPicture(page, files.cat);
  await askAnyway(page);
  await mapShown(page);
  await page.locator("#judge-open").click();
  const shot = async (): Promise<string> => {
    await expect(page.locator("#shot-insertion")).toHaveAttribute("data-waiting", "false");
    return await canvasHash(page, "#shot-insertion");
  };
  const fit = async (value: string): Promise<string> => {
    await page.locator("#fit-choice").selectOption(value);
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.locator("#shot-insertion")).toHaveAttribute("data-waiting", "true");
    return await shot();
  };
  await page.locator("#reading-box summary").click();
  const crop = await shot();
  const cropScores = await scores(page, "C3-LRP");
  expect(await fit("whole")).not.toBe(crop);
  expect(await scores(page, "C3-LRP")).not.toEqual(cropScores);
  // The explanation is remembered, and so are the scores; the pictures are taken again.
  expect(await fit("crop")).toBe(crop);
  expect(await scores(page, "C3-LRP")).toEqual(cropScores);
});

test("what goes wrong is one sentence, and a map of which nothing is left is not measured @init-scripts", async ({
  page,
}) => {
  // A class that the network doesn't have, and a filter that leaves nothing, once each is asked for.
  await page.addInitScript(() => {
    const wrong = { target: false, map: false };
    Object.assign(window, {
      wrong,
      Worker: class extends Worker {
        constructor(url: URL, options?: WorkerOptions) {
          super(url, options);
          this.addEventListener("message", ({ data }) => {
            if (wrong.map && data.kind === "explained") data.explained.filtered.fill(0);
          });
        }
        override postMessage(call: object, moved?: Transferable[] | StructuredSerializeOptions): void {
          const said = "target" in call && wrong.target ? { ...call, target: 999 } : call;
          super.postMessage(said, moved as Transferable[]);
        }
      },
    });
  });
  const goWrong = (wrong: object): Promise<unknown> =>
    page.evaluate((wrong) => Object.assign((window as unknown as { wrong: object }).wrong, wrong), wrong);
  await reopen(page);
  await asPublished(page);
  await goWrong({ target: true });
  await page.locator("#judge-open").click();
  const sentence = "This option can't be used: target is 999, but the network has the classes 0 to 19.";
  await expect(page.locator("#notice-text")).toHaveText(`C3-LRP: ${sentence}`);
  await expect(row(page, "C3-LRP").locator(".wait")).toHaveText(sentence);
  await goWrong({ target: false });
  await expect(page.locator("#judge-cancel")).toHaveText("Go on");
  await page.locator("#judge-cancel").click();
  expect(await measured(page, "C3-LRP")).toEqual((await library(page, {})).scores);

  await goWrong({ map: true });
  await page.locator("#method").selectOption("grad-cam");
  await expect(page.locator("#shown-by")).toHaveText("Grad-CAM");
  await mapShown(page);
  await expect(row(page, "Grad-CAM").locator(".wait")).toHaveText(
    "The filter removed everything, so there is no order to measure.",
  );
  await expect(row(page, "Grad-CAM").locator(".pointing")).toHaveText("–");
  await expect(page.locator("#charts path.curve")).toHaveCount(0);
  await expect(page.locator("#point")).toBeDisabled();
  await goWrong({ map: false });
  await page.locator("#method").selectOption("input-x-gradient");
  const method = "input-x-gradient";
  expect(await measured(page, "Input × Gradient")).toEqual((await library(page, { method })).scores);
});
