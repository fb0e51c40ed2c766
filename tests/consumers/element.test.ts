import { expect, type Page, test } from "@playwright/test";
import { BIRD, block, make, PAGE } from "./made.ts";
import { serve } from "./server.ts";

const MAP = { imports: { "c3lrp/element": "./node_modules/c3lrp/dist/element.js" } };
const HEAD = `<script type="importmap">${JSON.stringify(MAP)}</script>`;

/** A page of the README's lines, or of others. */
async function opened(page: Page, name: string, body = block("An element", "html")) {
  const server = await serve(
    make(name, { "index.html": `<!doctype html><html lang="en">${HEAD}${body}</html>` }, "."),
  );
  await page.goto(server.page);
  return server;
}

/** Waits for an event of the page's first element, from now on. */
const next = (page: Page, name: "explained" | "error") =>
  page.evaluate(
    (name) =>
      new Promise<{ target?: number; label?: string; message?: string; name?: string }>((done) => {
        const element = document.querySelector("c3lrp-explainer");
        element?.addEventListener(
          name,
          (event) => {
            const { target, label, message, name } = (event as CustomEvent).detail;
            done({ target, label, message, name });
          },
          { once: true },
        );
      }),
    name,
  );

const status = (page: Page) => page.locator("c3lrp-explainer").first().getByRole("status");
const workers = (page: Page): number => page.workers().length;

test("the README's element explains its picture, and other questions about it", async ({ page }) => {
  const server = await opened(page, "element");
  try {
    await expect(status(page)).toContainText(BIRD.species);
    const overlay = page.locator("c3lrp-explainer canvas");
    await expect(overlay).toBeVisible();
    // It lies where the picture is.
    expect(await overlay.boundingBox()).toEqual(await page.locator("img[alt]").boundingBox());
    const asked = next(page, "explained");
    await page.locator("c3lrp-explainer").evaluate((element) => element.setAttribute("target", "3"));
    expect(await asked).toMatchObject({ target: 3 });
    expect(workers(page)).toBe(1);
    // By the keyboard.
    const toggle = page.getByRole("button", { name: "Heatmap" });
    await expect(toggle).toHaveAttribute("aria-pressed", "true");
    await page.keyboard.press("Tab");
    await expect(toggle).toBeFocused();
    await page.keyboard.press("Space");
    await expect(toggle).toHaveAttribute("aria-pressed", "false");
    await expect(overlay).toHaveCSS("opacity", "0");
    // An error says what is wrong; after it all goes on.
    const failed = next(page, "error");
    await page.locator("c3lrp-explainer").evaluate((element) => element.setAttribute("filter", "c4"));
    expect(await failed).toMatchObject({ name: "OptionsError" });
    await expect(status(page)).toContainText("c4");
    const again = next(page, "explained");
    await page.evaluate(() =>
      Object.assign(document.querySelector("c3lrp-explainer") ?? {}, { filter: { kind: "c1c" } }),
    );
    await again;
  } finally {
    server.stop();
  }
});

test("another picture, moving, leaving and coming back", async ({ page }) => {
  const server = await opened(page, "element-moves");
  try {
    await expect(status(page)).toContainText(BIRD.species);
    const answer = () =>
      page
        .locator("c3lrp-explainer")
        .evaluate((element) => (element as unknown as { explanation?: object }).explanation !== undefined);
    // Moved in one go: it stays.
    await page.evaluate(() => {
      const box = document.body.appendChild(document.createElement("div"));
      box.append(document.querySelector("c3lrp-explainer") ?? "");
    });
    // It would leave before the next frame is drawn.
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await answer()).toBe(true);
    // Another picture: the old map is gone at once.
    const asked = next(page, "explained");
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
      canvas.getContext("2d")?.fillRect(50, 50, 100, 100);
      document.querySelector("img")?.setAttribute("src", canvas.toDataURL());
    });
    await expect.poll(() => page.locator("c3lrp-explainer canvas").count()).toBeLessThan(2);
    await asked;
    // Away in the middle of work, and back.
    await page.evaluate(() => {
      const element = document.querySelector("c3lrp-explainer");
      element?.setAttribute("target", "5");
      const parent = element?.parentElement;
      setTimeout(() => element?.remove(), 30);
      setTimeout(() => element && parent?.append(element), 400);
    });
    await expect(page.locator("c3lrp-explainer canvas")).toHaveCount(1);
    await expect(status(page)).not.toBeEmpty();
    await expect
      .poll(() =>
        page
          .locator("c3lrp-explainer")
          .evaluate(
            (element) => (element as unknown as { explanation?: { target: number } }).explanation?.target,
          ),
      )
      .toBe(5);
    // A further one may have come while the call that was given up still ran.
    expect(workers(page)).toBeLessThan(3);
    // Gone for good: the worker ends.
    await page.evaluate(() => document.querySelector("c3lrp-explainer")?.remove());
    await expect.poll(() => workers(page)).toBe(0);
  } finally {
    server.stop();
  }
});

test("several elements share one network; one without a picture takes a file", async ({ page }) => {
  const one =
    '<c3lrp-explainer weights="resnet50.safetensors"><img src="bird.png" alt="A bird"></c3lrp-explainer>';
  const drop = '<c3lrp-explainer lang="ja" weights="./resnet50.safetensors"></c3lrp-explainer>';
  const script = '<script type="module">import "c3lrp/element";</script>';
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.url()));
  const server = await opened(page, "element-several", `${one}${one}${drop}${script}`);
  try {
    const elements = page.locator("c3lrp-explainer");
    for (const at of [0, 1]) await expect(elements.nth(at).getByRole("status")).toContainText(BIRD.species);
    await expect(elements.nth(2)).toContainText("ドロップ");
    const chosen = page.waitForEvent("filechooser");
    await elements.nth(2).locator("label").click();
    const bytes = await page.evaluate(async () => [
      ...new Uint8Array(await (await fetch("bird.png")).arrayBuffer()),
    ]);
    await (await chosen).setFiles({ name: "bird.png", mimeType: "image/png", buffer: Buffer.from(bytes) });
    await expect(elements.nth(2).getByRole("status")).toContainText(BIRD.species);
    await expect(elements.nth(2).getByRole("img", { name: "bird.png" })).toBeVisible();
    // While one picture is explained and another waits there may be a further worker, with the same weights.
    expect(fetched.filter((url) => url.endsWith(".safetensors"))).toHaveLength(1);
  } finally {
    server.stop();
  }
});

test("the element under a strict policy with trusted types", async ({ page }) => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types worker";
  const script = `
    import { defaults } from "./node_modules/c3lrp/dist/element.js";
    const policy = trustedTypes.createPolicy("worker", { createScriptURL: (url) => url });
    defaults.worker = () => new Worker(policy.createScriptURL("/node_modules/c3lrp/dist/worker.js"), { type: "module" });`;
  const body = `<script type="module" src="main.js"></script><c3lrp-explainer weights="resnet50.safetensors"><img src="bird.png" alt="A bird"></c3lrp-explainer>`;
  const folder = make("policy", { "index.html": `<!doctype html>${body}`, "main.js": script }, ".");
  const server = await serve(folder, { "Content-Security-Policy": policy });
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) refused.push(message.text());
  });
  try {
    await page.goto(server.page);
    await expect(status(page)).toContainText(BIRD.species);
    await expect(page.locator("c3lrp-explainer canvas")).toHaveCSS("position", "absolute");
    expect(refused.filter((text) => !text.includes("favicon"))).toEqual([]);
  } finally {
    server.stop();
  }
});

test("a package on another origin is started by a shim; a policy that forbids it is told the remedy", async ({
  page,
}) => {
  const folder = make("elsewhere", { "index.html": PAGE("") }, ".");
  const [own, other] = [await serve(folder), await serve(folder, { "Access-Control-Allow-Origin": "*" })];
  const strict = await serve(folder, {
    "Content-Security-Policy": `script-src 'self' 'wasm-unsafe-eval' ${new URL(other.page).origin}; worker-src 'self'`,
  });
  const explained = (origin: string) =>
    page.evaluate(async (origin) => {
      const { load } = await import(`${origin}node_modules/c3lrp/dist/load.js`);
      try {
        const explainer = await load("resnet50.safetensors");
        return (await explainer.explain(document.querySelector("img"))).label as string;
      } catch (error) {
        return (error as Error).message;
      }
    }, origin);
  try {
    await page.goto(own.page);
    expect(await explained(other.page)).toBe(BIRD.species);
    await page.goto(strict.page);
    expect(await explained(other.page)).toContain("worker-src blob:");
  } finally {
    for (const server of [own, other, strict]) server.stop();
  }
});
