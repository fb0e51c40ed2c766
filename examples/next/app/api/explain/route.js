import { load } from "c3lrp";
import sharp from "sharp";

/** Explains the bird on the server: its class, how sure the network is, and where most relevance lies. */
export async function GET() {
  const explainer = await load("public/birds-resnet50.safetensors");
  try {
    const { data, info } = await sharp("public/bird.png")
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const found = await explainer.explain({ data, width: info.width, height: info.height });
    const strongest = found.map.indexOf(Math.max(...found.map));
    const place = { x: strongest % found.width, y: Math.floor(strongest / found.width) };
    return Response.json({ label: found.label, probability: found.probability, place });
  } finally {
    explainer.close();
  }
}

export const dynamic = "force-dynamic";
