import { expect, type Page, test } from "@playwright/test";
import { BIRD, block, make, run } from "./made.ts";
import { serve } from "./server.ts";

const HTML =
  '<!doctype html><html lang="en"><div id="app"></div><script type="module" src="./main.jsx"></script></html>';

/** Builds an application with Vite, opens it, and gives what the page complains of. */
async function opened(page: Page, name: string, files: Readonly<Record<string, string>>) {
  const folder = make(name, { "index.html": HTML, ...files });
  await run(folder, "vite/bin/vite.js", "build", "--logLevel", "error");
  const server = await serve(`${folder}/dist`);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.location().url.includes("favicon"))
      complaints.push(message.text());
  });
  await page.goto(server.page);
  return { server, complaints };
}

const status = (page: Page) => page.locator("c3lrp-explainer").getByRole("status");

test("React with StrictMode: properties, another picture, and unmounting in the middle of work", async ({
  page,
}) => {
  const main = `
    import { StrictMode } from "react";
    import { createRoot } from "react-dom/client";
    import { Explained } from "./explained.jsx";
    const root = createRoot(document.querySelector("#app"));
    globalThis.answers = [];
    globalThis.draw = (properties) => root.render(
      <StrictMode>
        {properties && <Explained {...properties} onExplained={({ target, label }) => answers.push({ target, label })} />}
      </StrictMode>);
    draw({ src: "bird.png" });`;
  const { server, complaints } = await opened(page, "react", {
    "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx" } }',
    "explained.jsx": block("An element", "jsx"),
    "main.jsx": main,
  });
  const draw = (properties?: object) =>
    page.evaluate(
      (properties) => (globalThis as unknown as { draw(of?: object): void }).draw(properties),
      properties,
    );
  const answers = () =>
    page.evaluate(() => (globalThis as unknown as { answers: { target: number; label: string }[] }).answers);
  try {
    await expect(status(page)).toContainText(BIRD.species);
    expect(await answers()).toEqual([{ target: expect.any(Number), label: BIRD.species }]);
    await draw({ src: "bird.png", target: 3 });
    await expect.poll(answers).toHaveLength(2);
    expect((await answers())[1]?.target).toBe(3);
    // Gone in the middle of work, and another in its place.
    await draw({ src: "bird.png", target: 4 });
    await draw();
    await draw({ src: "bird.png", target: 5 });
    await expect.poll(async () => (await answers()).at(-1)?.target).toBe(5);
    await expect(page.locator("c3lrp-explainer canvas")).toHaveCount(1);
    // A further one may have come while the call that was given up still ran.
    expect(page.workers().length).toBeLessThan(3);
    await draw({ src: "bird.png", target: 6 });
    await draw();
    // A fast machine may have answered before it was gone.
    const before = await answers();
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await answers()).toEqual(before);
    expect(complaints).toEqual([]);
  } finally {
    server.stop();
  }
});

test("Vue", async ({ page }) => {
  const main = `
    import "c3lrp/element";
    import { createApp, h, ref } from "vue";
    const target = ref(undefined);
    globalThis.target = target;
    createApp(() => h("c3lrp-explainer",
      { weights: "resnet50.safetensors", target: target.value, onExplained: ({ detail }) => { globalThis.label = detail.label; } },
      h("img", { src: "bird.png", alt: "A bird" }))).mount("#app");`;
  const { server, complaints } = await opened(page, "vue", { "main.jsx": main });
  try {
    await expect(status(page)).toContainText(BIRD.species);
    expect(await page.evaluate(() => (globalThis as unknown as { label: string }).label)).toBe(BIRD.species);
    await page.evaluate(() => {
      (globalThis as unknown as { target: { value: number } }).target.value = 3;
    });
    await expect(status(page)).not.toContainText(BIRD.species);
    expect(complaints).toEqual([]);
  } finally {
    server.stop();
  }
});

test("Svelte", async ({ page }) => {
  const component = `
    <script>
      import "c3lrp/element";
      let label = $state("");
    </script>
    <c3lrp-explainer weights="resnet50.safetensors" filter={{ kind: "c1c" }} onexplained={({ detail }) => (label = detail.label)}>
      <img src="bird.png" alt="A bird">
    </c3lrp-explainer>
    <output>{label}</output>`;
  const { compile } = await import("svelte/compiler");
  const { js } = compile(component, { generate: "client" });
  const main = `
    import { mount } from "svelte";
    import Bird from "./bird.js";
    mount(Bird, { target: document.querySelector("#app") });`;
  const { server, complaints } = await opened(page, "svelte", { "bird.js": js.code, "main.jsx": main });
  try {
    await expect(page.locator("output")).toHaveText(BIRD.species);
    expect(complaints).toEqual([]);
  } finally {
    server.stop();
  }
});
