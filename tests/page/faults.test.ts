import type { Page, Worker } from "@playwright/test";
import { files } from "./files.ts";
import { remember, remembered } from "./kernels.ts";
import {
  canvasHash,
  classes,
  commandLine,
  drop,
  dropPicture,
  expect,
  inGpuWorkers,
  loadWeights,
  mapShown,
  pictureIs,
  reopen,
  test,
  workerOf,
} from "./page.ts";

// WebGPU on a software adapter, which compiles each shader for a second.
test.describe.configure({ timeout: 240_000 });
const PATIENCE = { timeout: 120_000 };

const notice = "#notice-text";

/** What the tests break in the worker, by setting `fault`; and what they keep hold of for that. */
interface Scope {
  /** Which of our own kernels write garbage: all of them, or the one that was made at last. */
  garbage?: "all" | "last";
  /** What the garbage is: other values, or the right ones at others' places. */
  moves?: boolean;
  /** Nothing is computed any more: what is read back are the old numbers in the buffers. */
  idle?: boolean;
  /** Buffers can't be had: by an exception, or by the GPU's own report. */
  full?: "throws" | "reports";
  devices: { destroy(): void }[];
}

/** Gets into the worker before it has a GPU. */
const breakable = (page: Page): Promise<void> =>
  inGpuWorkers(
    page,
    () => {
      type Method = (this: object, ...of: never[]) => unknown;
      const scope = globalThis as unknown as Scope & Record<string, { prototype: Record<string, Method> }>;
      scope.devices = [];
      /** Puts a function in place of a method, which is given the method. */
      const wrap = (name: string, method: string, by: (original: Method) => Method): void => {
        const { prototype } = scope[name] ?? { prototype: {} };
        const original = prototype[method];
        if (original) prototype[method] = by(original);
      };
      wrap(
        "GPUAdapter",
        "requestDevice",
        (original) =>
          async function (this: object, ...of) {
            const device = (await original.apply(this, of)) as { destroy(): void };
            scope.devices.push(device);
            return device;
          },
      );
      // What our own kernels write, and where; one that runs after them spoils it, since a software adapter compiles a
      // second version of each of them for seconds.
      const [written, result] = ["y[at] = value;", 4];
      const spoiling = (values: string): string => `
        @group(0) @binding(0) var<storage, read_write> y: array<f32>;
        @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
          for (var at = 2 * id.x; at + 1 < arrayLength(&y); at += 2 * 64 * 64) {
            let before = vec2(y[at], y[at + 1]);
            let after = ${values};
            y[at] = after.x;
            y[at + 1] = after.y;
          }
        }`;
      const wrong = spoiling("0.5 * before + 0.125");
      // Neighbours in a row change places.
      const moved = spoiling("before.yx");
      const modules = new WeakSet<object>();
      const ours = new WeakMap<object, object>();
      let last: object | undefined;
      wrap(
        "GPUDevice",
        "createShaderModule",
        (original) =>
          function (this: object, ...of) {
            const [{ code }] = of as unknown as [{ code: string }];
            const module = original.apply(this, of) as object;
            if (code.includes(written)) modules.add(module);
            return module;
          },
      );
      wrap(
        "GPUDevice",
        "createComputePipeline",
        (original) =>
          function (this: object, ...of) {
            const [{ compute }] = of as unknown as [{ compute: { module: object } }];
            const pipeline = original.apply(this, of) as object;
            if (modules.has(compute.module)) {
              ours.set(pipeline, this);
              last = pipeline;
            }
            return pipeline;
          },
      );
      interface Device {
        createShaderModule(descriptor: object): object;
        createComputePipeline(descriptor: object): { getBindGroupLayout(at: number): object };
        createBindGroup(descriptor: object): object;
      }
      const spoilers = new WeakMap<object, Map<string, ReturnType<Device["createComputePipeline"]>>>();
      const spoiler = (device: Device): ReturnType<Device["createComputePipeline"]> => {
        const made = spoilers.get(device) ?? new Map();
        spoilers.set(device, made);
        const does = scope.moves ? moved : wrong;
        const found =
          made.get(does) ??
          device.createComputePipeline({
            layout: "auto",
            compute: { module: device.createShaderModule({ code: does }), entryPoint: "main" },
          });
        made.set(does, found);
        return found;
      };
      // A pass's pipeline and bind groups, and what is bound by these.
      interface Entry {
        binding: number;
        resource: object;
      }
      const entries = new WeakMap<object, readonly Entry[]>();
      const passes = new WeakMap<object, { pipeline: object; groups: Map<unknown, unknown[]> }>();
      const pass = (encoder: object) => {
        const known = passes.get(encoder) ?? { pipeline: encoder, groups: new Map<unknown, unknown[]>() };
        passes.set(encoder, known);
        return known;
      };
      wrap(
        "GPUDevice",
        "createBindGroup",
        (original) =>
          function (this: object, ...of) {
            const group = original.apply(this, of) as object;
            const [descriptor] = of as unknown as [{ entries: readonly Entry[] }];
            entries.set(group, [...descriptor.entries]);
            return group;
          },
      );
      wrap(
        "GPUComputePassEncoder",
        "setPipeline",
        (original) =>
          function (this: object, ...of) {
            pass(this).pipeline = of[0] as unknown as object;
            return original.apply(this, of);
          },
      );
      wrap(
        "GPUComputePassEncoder",
        "setBindGroup",
        (original) =>
          function (this: object, ...of) {
            pass(this).groups.set(of[0], of);
            return original.apply(this, of);
          },
      );
      const { dispatchWorkgroups } = scope.GPUComputePassEncoder?.prototype ?? {};
      for (const method of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
        wrap(
          "GPUComputePassEncoder",
          method,
          (original) =>
            function (this: object, ...of) {
              if (scope.idle) return undefined;
              original.apply(this, of);
              const { pipeline, groups } = pass(this);
              const device = ours.get(pipeline) as Device | undefined;
              const hit = scope.garbage === "all" || (scope.garbage === "last" && pipeline === last);
              if (!device || !hit) return undefined;
              const encoder = this as Record<"setPipeline" | "setBindGroup", (...of: unknown[]) => void>;
              const before = [...groups.values()];
              const spoils = spoiler(device);
              const bound = entries.get(before[0]?.[1] as object)?.find(({ binding }) => binding === result);
              const given = [{ binding: 0, resource: bound?.resource }];
              encoder.setPipeline(spoils);
              encoder.setBindGroup(
                0,
                device.createBindGroup({ layout: spoils.getBindGroupLayout(0), entries: given }),
              );
              dispatchWorkgroups?.apply(this, [64] as never[]);
              encoder.setPipeline(pipeline);
              for (const group of before) encoder.setBindGroup(...group);
              return undefined;
            },
        );
      }
      wrap(
        "GPUDevice",
        "createBuffer",
        (original) =>
          function (this: object, ...of) {
            if (scope.full === "throws") throw new RangeError("createBuffer failed, size is too large");
            if (scope.full === "reports") {
              const { GPUOutOfMemoryError, GPUUncapturedErrorEvent } = globalThis as unknown as Record<
                string,
                new (
                  ...of: unknown[]
                ) => Event
              >;
              if (GPUOutOfMemoryError && GPUUncapturedErrorEvent) {
                const error = new GPUOutOfMemoryError("not enough memory left");
                (this as EventTarget).dispatchEvent(
                  new GPUUncapturedErrorEvent("uncapturederror", { error }),
                );
              }
            }
            return original.apply(this, of);
          },
      );
    },
    undefined,
  );

const set = async (page: Page, fault: Omit<Scope, "devices">): Promise<void> =>
  (await workerOf(page)).evaluate((fault) => void Object.assign(globalThis, fault), fault);

const loseDevices = async (page: Page): Promise<void> =>
  (await workerOf(page)).evaluate(() => {
    for (const device of (globalThis as unknown as Scope).devices) device.destroy();
  });

/** An error outside of every call, as a trap in wasm is. */
const trap = (worker: Worker): Promise<void> =>
  worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("unreachable");
    });
  });

/** The same as soon as the worker says how far it is: it may be done before anything could be sent to it. */
const trapAtWork = (worker: Worker): Promise<void> =>
  worker.evaluate(() => {
    const scope = globalThis as unknown as { postMessage(message: unknown, transfer?: unknown): void };
    const { postMessage } = scope;
    scope.postMessage = (message, transfer) => {
      postMessage.call(scope, message, transfer);
      if ((message as { kind: string }).kind !== "progress") return;
      scope.postMessage = postMessage;
      reportError(new Error("unreachable"));
    };
  });

/**
 * The maps of a picture, of the best class, of the second and by another method, as the CPU has them; then the first on
 * WebGPU, by these kernels.
 */
async function onGpu(
  page: Page,
  kernels: "burn" | "tiled",
  method?: string,
): Promise<{ cat: string; coffee: string; second: string; other: string }> {
  await loadWeights(page, files.small);
  await mapShown(page);
  await page.getByLabel("CPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("CPU");
  await dropPicture(page, files.coffee);
  await mapShown(page);
  const coffee = await canvasHash(page, "#map");
  await dropPicture(page, files.cat);
  await mapShown(page);
  const cat = await canvasHash(page, "#map");
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  const second = await canvasHash(page, "#map");
  await page.locator("#top button").first().click();
  await expect(page.locator("#headline")).toContainText("It sees");
  await mapShown(page);
  let other = cat;
  if (method) {
    await page.locator("#method").selectOption(method);
    await mapShown(page);
    other = await canvasHash(page, "#map");
    await page.locator("#method").selectOption("lrp-epsilon");
    await mapShown(page);
  }
  await remember(page, kernels, "small");
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", PATIENCE);
  await mapShown(page);
  await remembered(page, kernels, "small");
  return { cat, coffee, second, other };
}

/** Records every map that the page draws from now on. */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const scope = globalThis as unknown as { drawn: Promise<string>[] };
    scope.drawn = [];
    const { putImageData } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.putImageData = function (...of: unknown[]) {
      const { data, width, height } = of[0] as ImageData;
      if (this.canvas.id === "map") {
        const digest = crypto.subtle.digest("SHA-256", new Uint8Array(data));
        scope.drawn.push(
          digest.then(
            (sum) =>
              `${width}×${height} ${Array.from(new Uint8Array(sum), (byte) => byte.toString(16)).join(" ")}`,
          ),
        );
      }
      putImageData.apply(this, of as Parameters<typeof putImageData>);
    };
  });
  return () =>
    page.evaluate(() => Promise.all((globalThis as unknown as { drawn: Promise<string>[] }).drawn));
}

const WRONG = "The GPU made a mistake, so its result is not shown. Work goes on with the CPU.";
const LOST = "The GPU stopped responding. Work goes on with the CPU.";

for (const [what, fault, kernels] of [
  ["all kernels of ours write garbage", { garbage: "all" }, "tiled"],
  ["one kernel writes garbage", { garbage: "last" }, "tiled"],
  ["nothing is computed any more", { idle: true }, "burn"],
] as const) {
  test(`in the middle of a session: ${what}, and another picture is dropped @webgpu @workers`, async ({
    page,
  }) => {
    await breakable(page);
    const { coffee, cat } = await onGpu(page, kernels);
    const drawn = await watch(page);
    await set(page, fault);
    await dropPicture(page, files.coffee);
    await expect(page.locator(notice)).toContainText(WRONG, PATIENCE);
    await mapShown(page);
    await expect(page.locator("#badge")).toContainText("CPU");
    expect(new Set(await drawn()), "the CPU's map, and no other").toEqual(new Set([coffee]));

    await dropPicture(page, files.cat);
    await mapShown(page);
    await expect(page.locator("#notice")).toBeHidden();
    expect(await canvasHash(page, "#map")).toBe(cat);
  });
}

for (const [what, fault, kernels] of [
  ["all kernels of ours write garbage", { garbage: "all" }, "tiled"],
  ["one kernel writes garbage", { garbage: "last" }, "tiled"],
  ["nothing is computed any more", { idle: true }, "burn"],
] as const) {
  test(`in the middle of a session: ${what}, another class is asked for @webgpu @workers`, async ({
    page,
  }) => {
    await breakable(page);
    const { second } = await onGpu(page, kernels);
    const drawn = await watch(page);
    await set(page, fault);
    await page.locator("#top button").nth(1).click();
    await expect(page.locator(notice)).toContainText(WRONG, PATIENCE);
    await mapShown(page);
    expect(new Set(await drawn())).toEqual(new Set([second]));
  });
}

test("in the middle of a session: values come to their neighbours' places on the way back @webgpu @workers", async ({
  page,
}) => {
  await breakable(page);
  const { second } = await onGpu(page, "tiled");
  const drawn = await watch(page);
  await set(page, { garbage: "all", moves: true });
  await page.locator("#top button").nth(1).click();
  await expect(page.locator(notice)).toContainText(WRONG, PATIENCE);
  await mapShown(page);
  expect(new Set(await drawn())).toEqual(new Set([second]));
});

for (const [what, fault, method, kernels] of [
  ["all kernels of ours write garbage", { garbage: "all" }, "c3-lrp", "tiled"],
  ["one kernel writes garbage", { garbage: "last" }, "input-x-gradient", "tiled"],
  ["nothing is computed any more", { idle: true }, "grad-cam", "burn"],
] as const) {
  test(`in the middle of a session: ${what}, and ${method} is asked for @webgpu @workers`, async ({
    page,
  }) => {
    await breakable(page);
    const { other } = await onGpu(page, kernels, method);
    const drawn = await watch(page);
    await set(page, fault);
    await page.locator("#method").selectOption(method);
    await expect(page.locator(notice)).toContainText(WRONG, PATIENCE);
    await mapShown(page);
    expect(new Set(await drawn())).toEqual(new Set([other]));
  });
}

for (const full of ["throws", "reports"] as const) {
  test(`a buffer can't be had, which ${full === "throws" ? "throws" : "the GPU reports"} @webgpu @workers`, async ({
    page,
  }) => {
    await breakable(page);
    await onGpu(page, "burn");
    await set(page, { full });
    // What is there already is in the pools; another network needs more.
    await loadWeights(page, files.middle);
    await expect(page.locator("#badge")).toContainText("CPU");
    await mapShown(page);
    await expect(page.locator(notice)).toContainText(LOST, PATIENCE);
    expect((await classes(page)).target).toBe(commandLine(files.cat, files.middle).target);
    await dropPicture(page, files.coffee);
    await mapShown(page);
    await expect(page.locator("#notice")).toBeHidden();
  });
}

test("a GPU that goes away before an explanation, and after one @webgpu @workers", async ({ page }) => {
  await breakable(page);
  const { coffee, cat } = await onGpu(page, "burn");
  const shown = await canvasHash(page, "#map");
  await loseDevices(page);
  expect(await canvasHash(page, "#map"), "what is shown stays").toBe(shown);
  await expect(page.locator("#notice")).toBeHidden();
  const drawn = await watch(page);
  await dropPicture(page, files.coffee);
  await expect(page.locator(notice)).toContainText(LOST, PATIENCE);
  await mapShown(page);
  expect(new Set(await drawn())).toEqual(new Set([coffee]));
  await dropPicture(page, files.cat);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(cat);
});

test("a worker that breaks before an explanation, and after one, is replaced without a word @workers", async ({
  page,
}) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const map = await canvasHash(page, "#map");
  for (const picture of [files.coffee, files.cat]) {
    const worker = page.workers()[0];
    if (!worker) throw new Error("the page has no worker");
    await trap(worker);
    await dropPicture(page, picture);
    await mapShown(page);
    await expect(page.locator("#notice")).toBeHidden();
  }
  expect(await canvasHash(page, "#map")).toBe(map);
});

test("a worker that breaks during an explanation on the CPU is a sentence, and explains after it @workers", async ({
  page,
}) => {
  await loadWeights(page, files.small);
  await mapShown(page);
  await trapAtWork(await workerOf(page));
  await drop(page, files.cat);
  await pictureIs(page, "cat.png");
  await expect(page.locator(notice)).toContainText("stopped unexpectedly and was started again");
  await expect(page.locator("#map")).toBeHidden();
  await page.locator("#again-button").click();
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("a worker that breaks during an explanation on WebGPU goes on with the CPU @webgpu @workers", async ({
  page,
}) => {
  await breakable(page);
  const { coffee } = await onGpu(page, "burn");
  const drawn = await watch(page);
  await trapAtWork(await workerOf(page));
  await drop(page, files.coffee);
  await expect(page.locator(notice)).toContainText(LOST, PATIENCE);
  await mapShown(page);
  expect(new Set(await drawn())).toEqual(new Set([coffee]));
});

/** The wasm with so many pages of 64 KiB as its memory's most. */
function limited(wasm: Buffer, most: number): Buffer {
  const number = (at: number): [value: number, next: number] => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return [value >>> 0, at];
    }
  };
  const bytes = (value: number): number[] =>
    value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...bytes(value >>> 7)];
  for (let at = 8; at < wasm.length; ) {
    const [size, start] = number(at + 1);
    // The memory section: one memory, no most, its least.
    if (wasm[at] === 5) {
      const [least] = number(start + 2);
      const section = [1, 1, ...bytes(least), ...bytes(most)];
      return Buffer.concat([
        wasm.subarray(0, at),
        Buffer.from([5, ...bytes(section.length), ...section]),
        wasm.subarray(start + size),
      ]);
    }
    at = start + size;
  }
  throw new Error("the wasm has no memory");
}

test("a network that the memory is too small for is a sentence, and the one before explains on @routes", async ({
  page,
  context,
}) => {
  // 80 MB, which is enough for the small networks.
  await context.route("**/*.wasm", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: limited(await response.body(), 1280) });
  });
  await reopen(page);
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const map = await canvasHash(page, "#map");
  await page.setInputFiles("#own-file", files.full);
  await expect(page.locator(notice)).toContainText(
    "close other tabs to free memory, or choose another network",
  );
  await expect(page.locator("#model-name")).toHaveText("small");
  await dropPicture(page, files.coffee);
  await mapShown(page);
  await dropPicture(page, files.cat);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(map);
});
