import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { files, root } from "./files.ts";
import { COMMIT, Hub, repository, timm } from "./hub.ts";
import {
  canvasHash,
  drop,
  dropBytes,
  dropPicture,
  expect,
  loadWeights,
  mapShown,
  open,
  reopen,
  test,
} from "./page.ts";

const notice = "#notice-text";
const reference = (name: string): Buffer => readFileSync(`${root}/tests/reference/${name}`);

/** A page that asks this for huggingface.co. */
async function withHub(page: Page, repositories: Hub["repositories"]): Promise<Hub> {
  const hub = new Hub();
  hub.repositories = repositories;
  await hub.answerFor(page);
  return hub;
}

const TINY = "timm/test_resnet.r160_in1k";
const tiny = { [TINY]: repository(timm("test_resnet", 160), files.small) };

/** A safetensors file's tensors, in as many files. */
function shards(file: string, count: number): Buffer[] {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...header } = JSON.parse(bytes.toString("utf8", 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = Object.entries(header);
  return Array.from({ length: count }, (_, shard) => {
    const parts: Buffer[] = [];
    let at = 0;
    const own = tensors
      .filter((_, i) => i % count === shard)
      .map(([name, { data_offsets: offsets, ...rest }]) => {
        const part = bytes.subarray(start + offsets[0], start + offsets[1]);
        parts.push(part);
        at += part.length;
        return [name, { ...rest, data_offsets: [at - part.length, at] }];
      });
    const text = Buffer.from(JSON.stringify(Object.fromEntries(own)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, ...parts]);
  });
}

async function openReading(page: Page): Promise<void> {
  await page.locator("#reading-box summary").click();
  await expect(page.locator("#reading")).toBeVisible();
}

test("a photograph that the birds' network would call a bird asks for a network first @routes", async ({
  page,
}) => {
  const hub = await withHub(page, tiny);
  await drop(page, files.cat);
  const ask = page.locator("#ask");
  await expect(ask).toBeVisible();
  await expect(page.locator("#headline")).toHaveText("Which network should look at it?");
  await expect(page.locator("#teaser"), "the lesson about birds waits").toBeHidden();
  await expect(ask.locator("h3")).toHaveText([
    "Tiny ResNet, ImageNet",
    "ResNet-18, ImageNet",
    "ResNet-50, ImageNet",
  ]);
  await expect(ask.locator(".card button:visible")).toHaveText([
    "Download, 1.9 MB",
    "Download, 47 MB",
    "Download, 102 MB",
  ]);
  await expect(page.locator("#map")).toBeHidden();
  await expect(page.locator("#classes")).toBeHidden();
  expect(hub.asked, "nothing is fetched before the click").toEqual([]);

  await ask.getByRole("button", { name: "Download, 1.9 MB" }).click();
  await expect(page.locator("#model-name")).toHaveText("Tiny ResNet, ImageNet");
  await mapShown(page);
  await expect(ask).toBeHidden();
  await expect(page.locator("#headline")).toContainText("It sees: class ");
  await expect(page.locator("#picture"), "it is this picture").toHaveAttribute("aria-label", /cat\.png$/);
  expect(hub.asked).toEqual([
    `/api/models/${TINY}?blobs=true`,
    `/${TINY}/resolve/${COMMIT}/config.json`,
    `/${TINY}/resolve/${COMMIT}/model.safetensors`,
  ]);
  await expect(page.locator("#model-origin")).toHaveText(
    `From ${TINY}, commit 0123456; checked against the author's SHA-256.`,
  );
  await expect(page.locator("#prepared")).toContainText(
    /^Read as ResNet-14 .*160.×.160 by centre crop, bicubic/,
  );
  expect(await canvasHash(page, "#seen")).toMatch(/^160×160 /);

  // Another photograph is answered at once.
  await dropPicture(page, files.coffee);
  await mapShown(page);
  await expect(ask).toBeHidden();
});

test("the birds' network answers for a photograph if the person wants that, and the choice stays open", async ({
  page,
}) => {
  await drop(page, files.cat);
  await page.getByRole("button", { name: "Ask the bird network anyway" }).click();
  await mapShown(page);
  await expect(page.locator("#headline")).toContainText("It sees: ");
  await expect(page.locator("#stranger")).toBeVisible();
  await page.locator("#stranger-ask").click();
  await expect(page.locator("#ask")).toBeVisible();
  await expect(page.locator("#map")).toBeHidden();
  // The next photograph asks as well; a bird doesn't.
  await page.getByRole("button", { name: "Ask the bird network anyway" }).click();
  await mapShown(page);
  await dropPicture(page, files.coffee);
  await expect(page.locator("#ask")).toBeVisible();
  await page.getByRole("button", { name: "Capped Sunwren", exact: true }).click();
  await mapShown(page);
  await expect(page.locator("#ask")).toBeHidden();
  await expect(page.locator("#bird-name")).toContainText("Capped Sunwren");
});

test("a network that is kept opens without huggingface.co, at the commit that it was fetched at @routes", async ({
  page,
}) => {
  const hub = await withHub(page, { ...tiny, "who/ever": repository(timm("resnet14"), files.other) });
  await page.locator("#change").click();
  await page.locator("#hub-name").fill("who/ever");
  await page.locator("#hub-look").click();
  await page.locator("#hub-found").getByRole("button", { name: "Download" }).click();
  await expect(page.locator("#model-name")).toHaveText("who/ever");
  await mapShown(page);
  const asked = hub.asked.length;
  hub.repositories = {};
  await reopen(page);
  await page.locator("#change").click();
  const card = page.locator("#cards > .card", { hasText: "who/ever" });
  await expect(card).toContainText("commit 0123456, checked against the author's SHA-256");
  await card.getByRole("button", { name: "Use" }).click();
  await expect(page.locator("#model-name")).toHaveText("who/ever");
  await mapShown(page);
  expect(hub.asked).toHaveLength(asked);
  await page.locator("#change").click();
  await card.getByRole("button", { name: "Delete" }).click();
  await expect(card).toHaveCount(0);
});

test("of any network on Hugging Face, kind and size come before its weights @routes @once", async ({
  page,
}) => {
  const parts = shards(files.small, 2);
  const map = {
    weight_map: {
      "fc.weight": "model-00001-of-00002.safetensors",
      "fc.bias": "model-00002-of-00002.safetensors",
    },
  };
  const hub = await withHub(page, {
    "who/parts": {
      files: {
        "config.json": JSON.stringify({
          architectures: ["ResNetForImageClassification"],
          model_type: "resnet",
        }),
        "preprocessor_config.json": JSON.stringify({
          image_mean: [0.5, 0.5, 0.5],
          image_std: [0.5, 0.5, 0.5],
          size: 96,
        }),
        "model.safetensors.index.json": JSON.stringify(map),
        "model-00001-of-00002.safetensors": parts[0] ?? "",
        "model-00002-of-00002.safetensors": parts[1] ?? "",
        "pytorch_model.bin": "unused",
      },
    },
    "who/checkpoint": { files: { "README.md": "", "pytorch_model.bin": reference("old.pth") } },
    "who/convnext": {
      files: {
        "config.json": JSON.stringify({
          architectures: ["ConvNextForImageClassification"],
          model_type: "convnext",
        }),
      },
    },
    "timm/resnetblur50.bt_in1k": repository(timm("resnetblur50"), files.small),
    "who/nothing": { files: { "README.md": "", "config.json": timm("resnet18") } },
    "who/gated": { ...repository(timm("resnet18"), files.small), gated: "auto" },
    "who/forged": { ...repository(timm("resnet14"), files.small), sha256: "0".repeat(64) },
  });
  const look = async (name: string): Promise<void> => {
    await page.locator("#hub-name").fill(name);
    await page.locator("#hub-name").press("Enter");
    await expect(page.locator("#hub-look")).toHaveText("Look it up");
  };
  const found = page.locator("#hub-found");
  await page.locator("#change").click();
  for (const [name, says] of [
    ["who/convnext", /“ConvNextForImageClassification”, and this page explains ResNets and VGGs. Nothing/],
    ["timm/resnetblur50.bt_in1k", /“resnetblur50”, and this page explains ResNets and VGGs/],
    ["who/nothing", /has no weights that this page reads/],
    ["who/gated", /open only to people whom its author has let in/],
    ["no/body", /There is no open network “no\/body” on huggingface\.co/],
    ["nobody", /Write the name of a network on huggingface.co as owner\/name/],
  ] as const) {
    await look(name);
    await expect(page.locator(notice)).toContainText(says);
    await expect(found.locator(".card")).toHaveCount(0);
  }
  expect(hub.asked.filter((path) => /safetensors$|bin$/.test(path))).toEqual([]);

  await look("https://huggingface.co/who/parts/blob/main/README.md");
  await expect(found).toContainText("who/parts");
  await expect(found).toContainText("ResNet · 2 files · commit 0123456");
  const [one = Buffer.of(), two = Buffer.of()] = parts;
  const size = `${Math.round((one.length + two.length) / 1e3)} kB`;
  expect(hub.asked.filter((path) => /-of-00002.safetensors$/.test(path))).toEqual([]);
  await found.getByRole("button", { name: `Download, ${size}` }).click();
  await expect(page.locator("#model-name")).toHaveText("who/parts");
  await mapShown(page);
  await expect(page.locator("#prepared")).toContainText(/in its own way: 96.×.96/);
  await expect(page.locator("#assumed")).not.toContainText("mean");

  await page.locator("#change").click();
  await look("https://huggingface.co/who/checkpoint");
  await expect(found).toContainText("the weights will tell what it is");
  await found.getByRole("button", { name: "Download" }).click();
  await expect(page.locator("#model-name")).toHaveText("who/checkpoint");
  await mapShown(page);
  await expect(page.locator("#prepared")).toContainText(
    "Read as ResNet-10. Pictures are prepared as for ImageNet",
  );
  await expect(page.locator("#assumed")).toContainText("All of this is assumed");

  await page.locator("#change").click();
  await look("who/forged");
  await found.getByRole("button", { name: "Download" }).click();
  await expect(page.locator(notice)).toContainText("is not what its author published");
  await expect(page.locator("#model-name"), "what was loaded stays").toHaveText("who/checkpoint");
  await expect(found.getByRole("button", { name: "Download" })).toBeEnabled();
});

test("a PyTorch checkpoint is dropped, and asks which of its two networks is meant @once", async ({
  page,
}) => {
  await dropBytes(page, ["old.pth", reference("old.pth")]);
  await expect(page.locator("#model-name")).toHaveText("old");
  await mapShown(page);
  const old = await canvasHash(page, "#map");

  await dropBytes(page, ["Training.PTH", reference("training.pth")]);
  await expect(page.locator(notice)).toHaveText(
    "“Training.PTH” holds 2 networks. Which one should be explained?",
  );
  const choices = page.locator("#notice-choices button");
  await expect(choices).toHaveText([
    "A ResNet whose names begin with “state_dict.module.”",
    "A ResNet whose names begin with “state_dict_ema.”",
  ]);
  await expect(page.locator("#model-name"), "what was loaded stays").toHaveText("old");
  await choices.last().click();
  await expect(page.locator("#model-name")).toHaveText("Training");
  await expect(page.locator("#notice")).toBeHidden();
  await mapShown(page);
  expect(await canvasHash(page, "#map")).not.toBe(old);
  await page.getByLabel("CPU", { exact: true }).check();
  await expect(page.locator("#loading")).toBeHidden();
  await mapShown(page);
  await expect(page.locator("#notice"), "on another device it is the same one").toBeHidden();
});

test("a network in parts is dropped at once, and a part alone is a sentence", async ({ page }) => {
  const [one = Buffer.of(), two = Buffer.of()] = shards(files.small, 2);
  await dropBytes(page, ["model-00001-of-00002.safetensors", one]);
  await expect(page.locator(notice)).toContainText("is one of 2 parts of a network, and 1 was given");
  await dropBytes(
    page,
    ["model-00002-of-00002.safetensors", two],
    ["model-00001-of-00002.safetensors", one],
    ["model.safetensors.index.json", Buffer.from('{"weight_map": {}}')],
  );
  await expect(page.locator("#model-name")).toHaveText("model");
  await expect(page.locator("#model-size")).toContainText("10 classes");
  await dropPicture(page, files.cat);
  await mapShown(page);
});

test("a config.json is no list of names: it says how the network in use is read @once", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const before = await canvasHash(page, "#map");
  await expect(page.locator("#assumed")).toHaveText("All of this is assumed, because the file does not say.");
  const config = {
    ...JSON.parse(timm("resnet14", 96)),
    label_names: Array.from({ length: 10 }, (_, i) => `kind ${i}`),
  };
  await dropBytes(page, ["config.json", Buffer.from(JSON.stringify(config))]);
  await expect(page.locator(notice)).toHaveText("The network now follows “config.json”.");
  await mapShown(page);
  await expect(page.locator("#prepared")).toContainText(/96.×.96 by centre crop, bicubic/);
  await expect(page.locator("#assumed")).toHaveText(/^Assumed: .*order of colours/);
  await expect(page.locator("#top .name").first()).toHaveText(/^kind \d$/);
  expect(await canvasHash(page, "#map")).toMatch(/^96×96 /);

  // Beside the weights it is the same.
  await dropBytes(
    page,
    ["small.safetensors", readFileSync(files.small)],
    ["config.json", Buffer.from(JSON.stringify(config))],
  );
  await expect(page.locator("#loading")).toBeHidden();
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toMatch(/^96×96 /);
  await loadWeights(page, files.small);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(before);

  await dropBytes(page, ["config.json", Buffer.from(timm("resnetblur50"))]);
  await expect(page.locator(notice)).toContainText("blurs before each stride");
  await expect(page.locator("#model-name")).toHaveText("small");
  await dropBytes(page, ["names.json", Buffer.from(JSON.stringify(config.label_names))]);
  await expect(page.locator("#top .name").first()).toHaveText(/^kind \d$/);
});

test("a configuration without a network of one's own is a sentence @once", async ({ page }) => {
  await dropBytes(page, ["config.json", Buffer.from(timm("resnet18"))]);
  await expect(page.locator(notice)).toContainText("describes a network that is not loaded");
});

test("what was taken for granted is changed in a form, and the network sees what it says", async ({
  page,
}) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const [seen, map] = [await canvasHash(page, "#seen"), await canvasHash(page, "#map")];
  expect(seen).toMatch(/^224×224 /);
  await openReading(page);
  const apply = page.getByRole("button", { name: "Apply" });
  const field = (name: string) => page.locator(`#reading [name="${name}"]`);
  await field("side").fill("wide");
  await apply.click();
  await expect(page.locator(notice)).toContainText("“Side in pixels” must be a number");
  await expect(field("side")).toBeFocused();
  await field("side").fill("16");
  await apply.click();
  await expect(page.locator(notice)).toContainText(/side.*32/);
  await mapShown(page);
  expect(await canvasHash(page, "#map"), "what was loaded stays").toBe(map);

  await field("side").fill("224");
  await expect(field("strides")).toHaveValue("1, 2, 2, 2");
  await expect(field("normEpsilon")).toHaveValue("0.00001");
  await field("dilations").fill("1, 1, 2");
  await apply.click();
  await expect(page.locator(notice)).toContainText("the network has 4 stages");
  await field("dilations").fill("1, 1, 2, 4");
  await field("normEpsilon").fill("1e-3");
  await apply.click();
  await expect(field("strides")).toHaveValue("1, 2, 1, 1");
  await expect(field("normEpsilon")).toHaveValue("0.001");
  await mapShown(page);
  expect(await canvasHash(page, "#map"), "a dilated network has another map").not.toBe(map);
  expect(await canvasHash(page, "#seen"), "and sees the same").toBe(seen);

  await field("side").fill("128");
  await field("fit").selectOption("squash");
  await field("order").selectOption("bgr");
  await field("mean").fill("0.5");
  await field("std").fill("0.5, 0.5, 0.25");
  await apply.click();
  await expect(page.locator("#prepared")).toContainText(
    /in its own way: 128.×.128 squeezed, bilinear, blue first/,
  );
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
  const changed = await canvasHash(page, "#seen");
  expect(changed).toMatch(/^128×128 /);
  expect(await canvasHash(page, "#map")).toMatch(/^128×128 /);
  await expect(page.locator("#reading label", { has: page.locator("[name=mean]") })).toContainText("chosen");
  await expect(field("mean")).toHaveValue("0.5, 0.5, 0.5");

  // A device that is chosen afterwards has the network as it was set.
  await page.getByLabel("CPU", { exact: true }).check();
  await expect(page.locator("#loading")).toBeHidden();
  await mapShown(page);
  expect(await canvasHash(page, "#seen")).toBe(changed);
  await page.getByRole("button", { name: "As it was" }).click();
  await expect(page.locator("#prepared")).toContainText(/as for ImageNet: 224.×.224 by centre crop/);
  await mapShown(page);
  expect(await canvasHash(page, "#seen")).toBe(seen);
  expect(await canvasHash(page, "#map")).toBe(map);
});

test("a download that is called off at the question leaves the question @routes @once", async ({
  page,
  server,
}) => {
  const hub = await withHub(page, tiny);
  let go = (): void => {};
  hub.gate = new Promise((done) => {
    go = done;
  });
  await open(page, server.page);
  await drop(page, files.cat);
  await page.locator("#ask-cards button").first().click();
  await expect(page.locator("#work")).toBeVisible();
  await page.locator("#work-cancel").click();
  await expect(page.locator("#work")).toBeHidden();
  await expect(page.locator("#notice")).toBeHidden();
  await expect(page.locator("#ask")).toBeVisible();
  go();
  await page.locator("#ask-cards button").first().click();
  await mapShown(page);
  await expect(page.locator("#ask")).toBeHidden();
});
