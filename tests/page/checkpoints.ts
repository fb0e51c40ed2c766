import { formulaTensor } from "./reference.ts";

/** Names of tensors and their shapes. */
export type Shapes = Record<string, number[]>;

function norm(shapes: Shapes, name: string, channels: number): void {
  for (const part of ["weight", "bias", "running_mean", "running_var"])
    shapes[`${name}.${part}`] = [channels];
}

/** A ResNet of basic blocks by torchvision's names; ResNet-18 has depths of 2. */
export function basicResNet(
  depths: readonly number[],
  width: number,
  channels: number,
  classes: number,
): Shapes {
  const shapes: Shapes = { "conv1.weight": [width, channels, 7, 7] };
  norm(shapes, "bn1", width);
  let before = width;
  for (const [stage, depth] of depths.entries()) {
    const own = width << stage;
    for (let block = 0; block < depth; block++) {
      const name = `layer${stage + 1}.${block}`;
      for (const [part, inputs] of [before, own].entries()) {
        shapes[`${name}.conv${part + 1}.weight`] = [own, inputs, 3, 3];
        norm(shapes, `${name}.bn${part + 1}`, own);
      }
      if (before !== own) {
        shapes[`${name}.downsample.0.weight`] = [own, before, 1, 1];
        norm(shapes, `${name}.downsample.1`, own);
      }
      before = own;
    }
  }
  return { ...shapes, "fc.weight": [classes, before], "fc.bias": [classes] };
}

/** VGG-16 by torchvision's names, its first stage this wide. */
export function vgg16(width: number, hidden: number, classes: number): Shapes {
  const shapes: Shapes = {};
  let [at, before] = [0, 3];
  for (const [stage, depth] of [2, 2, 3, 3, 3].entries()) {
    const own = width << Math.min(stage, 3);
    for (let layer = 0; layer < depth; layer++) {
      shapes[`features.${at}.weight`] = [own, before, 3, 3];
      shapes[`features.${at}.bias`] = [own];
      [at, before] = [at + 2, own];
    }
    at += 1;
  }
  for (const [layer, outputs, inputs] of [
    [0, hidden, before * 49],
    [3, hidden, hidden],
    [6, classes, hidden],
  ] as const) {
    shapes[`classifier.${layer}.weight`] = [outputs, inputs];
    shapes[`classifier.${layer}.bias`] = [outputs];
  }
  return shapes;
}

/** A formula-made network as a safetensors file. */
export function safetensors(shapes: Shapes): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const part = Buffer.from(formulaTensor(name, shape).buffer);
      parts.push(part);
      at += part.length;
      return [name, { dtype: "F32", shape, data_offsets: [at - part.length, at] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

/** The tensors of a safetensors file as torch.save writes a state dict: a zip of a pickle and of a storage for each. */
export function pth(file: Buffer): Buffer {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...tensors } = JSON.parse(file.toString("utf8", 8, start)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const entries: [string, Buffer][] = [];
  const pickle: Buffer[] = [Buffer.from("\x80\x02}(", "latin1")];
  const write = (text: string): unknown => pickle.push(Buffer.from(text, "latin1"));
  const word = (text: string): void => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    pickle.push(Buffer.from("X"), length, bytes);
  };
  const whole = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    pickle.push(Buffer.from("J"), bytes);
  };
  const tuple = (values: readonly number[]): void => {
    write("(");
    values.forEach(whole);
    write("t");
  };
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(tensors)) {
    const key = String(entries.length);
    entries.push([`archive/data/${key}`, file.subarray(start + offsets[0], start + offsets[1])]);
    word(name);
    write("ctorch._utils\n_rebuild_tensor_v2\n((");
    word("storage");
    write("ctorch\nFloatStorage\n");
    word(key);
    word("cpu");
    whole((offsets[1] - offsets[0]) / 4);
    write("tQ");
    whole(0);
    tuple(shape);
    tuple(shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)));
    write("\x89ccollections\nOrderedDict\n)RtR");
  }
  write("u.");
  return zip([
    ["archive/data.pkl", Buffer.concat(pickle)],
    ...entries,
    ["archive/version", Buffer.from("3\n")],
  ]);
}

/** A zip of entries as they are. */
function zip(entries: readonly [string, Buffer][]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of entries) {
    // Version, flags, method, time, date, CRC, sizes, length of the name, extra.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, rest, Buffer.from(name));
    const local = [Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name), bytes];
    parts.push(...local);
    at += local.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
