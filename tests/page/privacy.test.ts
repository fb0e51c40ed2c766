import { readFileSync } from "node:fs";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dist, files, root } from "./files.ts";
import { COMMIT, Hub, repository, timm } from "./hub.ts";
import { askAnyway, bare, dropPicture, expect, mapShown, open, pictureIs, reopen } from "./page.ts";
import { fakeCamera, phoneFilm } from "./phone.ts";
import { listed } from "./release.ts";
import { policy, type Server } from "./server.ts";
import { installable, keptBeside, share } from "./sharing.ts";

const REPOSITORY = "timm/test_resnet.r160_in1k";
/** What is asked for on a click: which files there are, how they are to be read, and the weights. */
const WEIGHTS = [
  `api/models/${REPOSITORY}?blobs=true`,
  ...["config.json", "model.safetensors"].map((name) => `${REPOSITORY}/resolve/${COMMIT}/${name}`),
].map((path) => `https://huggingface.co/${path}`);

/** What browsers ask for themselves, with any page or none. */
const THEIR_OWN = /(^|\.)((google|googleapis|gvt1|firefox)\.com|mozilla\.(com|net|org))(:\d+)?$/;

/** Everything that a whole browser sends goes through here, and only what is for the test's server goes on. */
class WayOut {
  readonly #hosts = new Set<string>();
  readonly #server = createServer((request, response) => {
    const { host, hostname, port, pathname, search } = new URL(request.url ?? "");
    this.#hosts.add(host);
    if (hostname !== "localhost") {
      response.writeHead(502).end();
      return;
    }
    const { method, headers } = request;
    const onward = ask({ hostname, port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }).on("connect", ({ url }, socket) => {
    this.#hosts.add(url ?? "");
    socket.destroy();
  });

  /** The hosts that the page or its workers asked for. */
  get hosts(): string[] {
    return [...this.#hosts].filter((host) => !THEIR_OWN.test(host));
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A browser of its own, all of whose connections are seen. */
const test = bare.extend<{ wayOut: WayOut }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures off this pattern.
  wayOut: async ({}, use) => {
    const wayOut = new WayOut();
    await use(wayOut);
    wayOut.stop();
  },
  context: async ({ playwright, browserName, channel, server, wayOut, launchOptions }, use) => {
    // The camera sees a bird on a phone.
    const chromium = browserName === "chromium";
    const camera = chromium ? fakeCamera(await phoneFilm(server, "Spotted Skylet", 77)) : [];
    server.requests.length = 0;
    const browser = await playwright[browserName].launch({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), ...camera],
      ...(channel ? { channel } : {}),
      // Without these, browsers would go to localhost by themselves.
      proxy: {
        server: await wayOut.start(),
        ...(chromium ? { bypass: "<-loopback>" } : {}),
      },
      firefoxUserPrefs: {
        ...launchOptions.firefoxUserPrefs,
        "network.proxy.allow_hijacking_localhost": true,
      },
    });
    await use(await browser.newContext({ serviceWorkers: "allow" }));
    await browser.close();
  },
  page: async ({ context }, use) => use(await context.newPage()),
});

const addresses = (server: Server): string[] => [
  server.page,
  `${server.page}service-worker.js`,
  ...Object.keys(listed(dist)).map((name) => server.page + name),
];

test("in a whole session nothing is asked for but the page's own files and the wanted weights @requests", async ({
  page,
  context,
  browserName,
  server,
  wayOut,
}) => {
  test.setTimeout(400_000);
  const asked: { url: string; method: string; body: number; headers: Record<string, string> }[] = [];
  context.on("request", (request) =>
    asked.push({
      url: request.url(),
      method: request.method(),
      body: request.postDataBuffer()?.length ?? 0,
      headers: request.headers(),
    }),
  );
  const hub = new Hub();
  hub.repositories[REPOSITORY] = repository(timm("test_resnet"), files.small);
  await hub.answerFor(context);

  await open(page, server.page);
  await expect(page.locator("#gallery canvas[width='128']")).toHaveCount(20);
  await dropPicture(page, files.cat);
  await askAnyway(page);
  await mapShown(page);
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  await page.locator("#method").selectOption("grad-cam");
  await mapShown(page);
  await page.locator("#compare-open").click();
  await expect(page.locator(".method[data-state=done]")).toHaveCount(4);
  await page.locator("#judge-open").click();
  await expect(page.locator("#charts .curve")).toHaveCount(8, { timeout: 120_000 });
  await expect(page.locator("#shot-deletion")).toHaveAttribute("data-waiting", "false");
  const saved = page.waitForEvent("download");
  await page.locator("#save-open").click();
  await page.locator("#save-both").click();
  expect((await saved).url(), "made on the spot").toMatch(/^blob:/);
  await page.locator("#judge-open").click();
  await page.getByRole("button", { name: "Paint over it" }).click();
  await page.locator("#painting-red").click();
  await mapShown(page);
  await page.getByRole("button", { name: "Done painting" }).click();
  if (browserName === "chromium") {
    await page.getByRole("button", { name: "Camera", exact: true }).click();
    await expect
      .poll(() => page.locator("#live").getAttribute("data-frames").then(Number))
      .toBeGreaterThan(3);
    await page.getByRole("button", { name: "Keep this frame" }).click();
    await mapShown(page);
    await page.getByRole("button", { name: "Turn the camera off" }).click();
  }
  await page.locator("#lesson-open").click();
  await expect(page.locator("#lesson")).toBeVisible();
  await mapShown(page);
  expect(asked.filter(({ url }) => url.startsWith("https:"))).toEqual([]);

  await page.locator("#lesson-close").click();
  await mapShown(page);
  await page.getByRole("button", { name: /Sample picture: A rocket/ }).click();
  await page.getByRole("button", { name: "Download, 1.9 MB" }).click();
  await expect(page.locator("#model-name")).toHaveText("Tiny ResNet, ImageNet");
  await mapShown(page);
  await dropPicture(page, files.cat);
  await mapShown(page);
  await page.getByRole("button", { name: /Sample picture: A cup/ }).click();
  await mapShown(page);
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#model-name")).toHaveText("Tiny ResNet, ImageNet");
  server.stop();
  await reopen(page);
  await dropPicture(page, files.cat);
  // What is kept is used without a network.
  await page.locator("#ask").getByRole("button", { name: "Use", exact: true }).click();
  await mapShown(page);

  // Said by the browser, of the page, its workers and its service worker.
  const network = asked.filter(({ url }) => !/^(blob|data):/.test(url));
  const own = addresses(server);
  expect(network.filter(({ url }) => !WEIGHTS.includes(url) && !own.includes(url))).toEqual([]);
  expect(network.map(({ url }) => url).filter((url) => WEIGHTS.includes(url))).toEqual(WEIGHTS);
  expect(network.filter(({ method, body }) => method !== "GET" || body > 0)).toEqual([]);
  expect(network.filter(({ headers }) => "cookie" in headers)).toEqual([]);
  expect(network.filter(({ url, headers }) => WEIGHTS.includes(url) && "referer" in headers)).toEqual([]);
  const kinds = [/\/(light|worker)-.*\.js$/, /\.wasm$/, /index-.*\.js$/, /spurious/];
  // Firefox's service workers come in silence.
  if (browserName === "chromium") kinds.push(/service-worker\.js$/);
  for (const kind of kinds)
    expect(
      network.some(({ url }) => kind.test(url)),
      `${kind} was seen`,
    ).toBe(true);
  // Said by the server, of all that came to it.
  const paths = own.map((url) => new URL(url).pathname);
  expect(server.requests.filter(({ path }) => !paths.includes(path))).toEqual([]);
  expect(server.requests.filter(({ method, body }) => method !== "GET" || body > 0)).toEqual([]);
  // Said by the way out, of all that left the browser.
  expect(wayOut.hosts).toEqual([new URL(server.page).host]);
});

test("a picture that is shared from another app reaches no server @proxy @share", async ({
  page,
  server,
  wayOut,
}) => {
  await open(page, server.page);
  await installable(page);
  await share(page, server, files.cat);
  await pictureIs(page, "cat.png");
  await askAnyway(page);
  await mapShown(page);
  const paths = addresses(server).map((url) => new URL(url).pathname);
  expect(server.requests.filter(({ path }) => !paths.includes(path))).toEqual([]);
  expect(server.requests.filter(({ method, body }) => method !== "GET" || body > 0)).toEqual([]);
  expect(wayOut.hosts).toEqual([new URL(server.page).host]);
  expect(await keptBeside(page, server)).toEqual([]);
});

test("what the policy forbids is refused @proxy", async ({ page, server, wayOut, forbidden }) => {
  await open(page, server.page);
  const elsewhere = "https://elsewhere.example/";
  const frame = "https://frame.example/";
  const refused = await page.evaluate(
    async ([elsewhere, frame]) => {
      const told: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => told.push(event.effectiveDirective));
      // At first this runs as the inspector's, who may do more.
      await new Promise((done) => setTimeout(done));
      const attempt = async (doing: () => unknown): Promise<void> => {
        try {
          await doing();
        } catch {
          // What was refused is told.
        }
      };
      await attempt(() => fetch(elsewhere, { method: "POST", body: "a picture" }));
      await attempt(() => navigator.sendBeacon(elsewhere, "a picture"));
      await attempt(() => new WebSocket("wss://elsewhere.example/"));
      await attempt(() => new EventSource(elsewhere));
      await attempt(() => new Worker(URL.createObjectURL(new Blob(["0"]))));
      const add = (tag: string, properties: object): Promise<void> =>
        attempt(() => document.body.append(Object.assign(document.createElement(tag), properties)));
      await add("img", { src: `${elsewhere}?picture` });
      await add("link", { rel: "stylesheet", href: elsewhere });
      await add("iframe", { src: frame });
      await add("video", { src: elsewhere });
      await add("style", { textContent: "body { color: red }" });
      await add("script", { textContent: "window.ran = true" });
      await add("base", { href: elsewhere });
      await attempt(() => document.body.insertAdjacentHTML("beforeend", "<b>unchecked</b>"));
      await attempt(() => document.body.setAttribute("style", "color: red"));
      // biome-ignore lint/security/noGlobalEval: that it is refused is the point.
      await attempt(() => globalThis.eval("window.ran = true"));
      const form = Object.assign(document.createElement("form"), { action: frame, method: "post" });
      document.body.append(form);
      await attempt(() => form.submit());
      // The form is refused last, when the browser gets to it.
      for (let tries = 0; tries < 20; tries++)
        if (tries < 1 || !told.includes("form-action")) await new Promise((done) => setTimeout(done, 500));
      return { told: [...new Set(told)].sort(), ran: "ran" in window };
    },
    [elsewhere, frame] as const,
  );
  expect(refused.ran).toBe(false);
  expect(refused.told).toEqual(
    [
      "base-uri",
      "connect-src",
      "form-action",
      "frame-src",
      "img-src",
      "media-src",
      "require-trusted-types-for",
      "style-src-attr",
      "style-src-elem",
      "worker-src",
    ].sort(),
  );
  // Chromium opens a connection for a frame or a form before it looks at the policy, and sends nothing on it.
  const reached = wayOut.hosts.filter((host) => host !== "frame.example:443");
  expect(reached).toEqual([new URL(server.page).host]);
  // The tests' watch over the policy sees such things.
  expect(forbidden.splice(0).length).toBeGreaterThan(10);
});

test("what the policy forbids is refused in the page's worker too @proxy @workers", async ({
  page,
  server,
  wayOut,
  forbidden,
}) => {
  await open(page, server.page);
  const worker = page.workers()[0];
  const answer = await worker?.evaluate(
    (elsewhere) =>
      fetch(elsewhere).then(
        () => "fetched",
        () => "refused",
      ),
    "https://elsewhere.example/",
  );
  expect(answer).toBe("refused");
  expect(wayOut.hosts).toEqual([new URL(server.page).host]);
  forbidden.splice(0);
});

test("the policy is the page's first word, and what hosts are asked to send @once", () => {
  const index = readFileSync(`${dist}/index.html`, "utf8");
  expect(index).toMatch(/<head>\s*<meta http-equiv="Content-Security-Policy"/);
  expect(index.indexOf("charset"), "browsers look so far for it").toBeLessThan(1024);
  expect(index).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
  expect(readFileSync(`${root}/docs/hosting.md`, "utf8")).toContain(`${policy()}; frame-ancestors 'none'`);
});

test("weights of another host are not fetched, and the page says why @proxy", async ({
  page,
  server,
  wayOut,
}) => {
  await open(page, `${server.page}?weights=${encodeURIComponent("https://elsewhere.example/a.safetensors")}`);
  const card = page.locator("#cards .card:first-child");
  await expect(card).toContainText("fetches weights only from its own host and from huggingface.co");
  await expect(card.getByRole("button")).toHaveCount(0);
  expect(wayOut.hosts).toEqual([new URL(server.page).host]);
});

test("huggingface.co may send a browser on to its own file servers, and nowhere else @redirects", async ({
  page,
  server,
  wayOut,
  forbidden,
}) => {
  await open(page, server.page);
  // As https://huggingface.co/.well-known/meta.json has them, at every depth, and hosts that look like them.
  const theirs = ["cdn-lfs.hf.co", "transfer.xethub.hf.co", "us.aws.cdn.hf.co", "us-east1.us.gcp.cdn.hf.co"];
  const others = ["elsewhere.example", "hf.co.example", "nothf.co", "cdn.huggingface.co"];
  await page.locator("#change").click();
  let to = "";
  await page.route("https://huggingface.co/**", (route) =>
    route.fulfill({
      status: 302,
      headers: { Location: `https://${to}/model.safetensors`, "Access-Control-Allow-Origin": "*" },
    }),
  );
  for (to of [...theirs, ...others]) {
    await page.getByRole("button", { name: "Download, 1.9 MB" }).click();
    // No file server is really there.
    await expect(page.locator("#notice")).toContainText("could not be reached");
    await page.locator("#notice button").click();
    await expect(page.locator("#notice")).toBeHidden();
  }
  const reached = wayOut.hosts.filter((host) => host !== new URL(server.page).host);
  expect(reached).toEqual(theirs.map((host) => `${host}:443`));
  expect(forbidden.splice(0).length).toBeGreaterThanOrEqual(others.length);
});
