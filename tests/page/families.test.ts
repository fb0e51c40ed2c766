import { writeFileSync } from "node:fs";
import { basicResNet, pth, safetensors, vgg16 } from "./checkpoints.ts";
import { files } from "./files.ts";
import { classes, commandLine, dropBytes, dropPicture, expect, mapShown, test } from "./page.ts";

const folder = files.small.replace(/\/[^/]*$/, "");

for (const { file, bytes, title, grey } of [
  {
    file: "grey-resnet18.pth",
    bytes: () => pth(safetensors(basicResNet([2, 2, 2, 2], 16, 1, 10))),
    title: "Read as ResNet-18",
    grey: true,
  },
  {
    file: "vgg16.safetensors",
    bytes: () => safetensors(vgg16(8, 64, 10)),
    title: "Read as VGG-16",
    grey: false,
  },
]) {
  test(`${file}: the page answers as the command line does, and shows what the network sees`, async ({
    page,
  }) => {
    const weights = `${folder}/${file}`;
    const whole = bytes();
    writeFileSync(weights, whole);
    await dropBytes(page, [file, whole]);
    await expect(page.locator("#prepared")).toContainText(title);
    await dropPicture(page, files.cat);
    await mapShown(page);
    const said = commandLine(files.cat, weights);
    const found = await classes(page);
    expect(found.target).toBe(said.target);
    expect(found.top).toEqual(said.top5.map(({ class: target }) => target));
    const colours = await page.locator("#seen").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
        0,
        0,
        canvas.width,
        canvas.height,
      );
      let coloured = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) coloured++;
      }
      return coloured;
    });
    if (grey) expect(colours, "a grey network sees grey").toBe(0);
    else expect(colours).toBeGreaterThan(1000);
  });
}
