/** A file within an archive. */
export interface Entry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** 1 January 1980, the format's first day, so that the same files give the same archive. */
const DATE = 0x21;
/** The flag for names in UTF-8. */
const UTF8 = 0x800;
const VERSION = 20;

/** An uncompressed zip archive, like `numpy.savez`'s. */
export function zip(entries: readonly Entry[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const encoded = new TextEncoder().encode(name);
    // The fields that a file's header and its directory entry share.
    const common = [
      ...[...half(VERSION), ...half(UTF8), ...half(0), ...half(0), ...half(DATE)],
      ...[...word(crc32(bytes)), ...word(bytes.length), ...word(bytes.length)],
      ...[...half(encoded.length), ...half(0)],
    ];
    const local = joined([...word(0x04034b50), ...common], encoded);
    const rest = [...half(0), ...half(0), ...half(0), ...word(0), ...word(offset)];
    directory.push(joined([...word(0x02014b50), ...half(VERSION), ...common, ...rest], encoded));
    parts.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = half(entries.length);
  const end = [
    ...[...word(0x06054b50), ...half(0), ...half(0), ...count, ...count],
    ...[...word(size), ...word(offset), ...half(0)],
  ];
  return new Blob([...parts, ...directory, Uint8Array.from(end)], { type: "application/zip" });
}

function joined(head: readonly number[], tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

const half = (value: number): readonly number[] => [value & 255, (value >> 8) & 255];
const word = (value: number): readonly number[] => [...half(value & 0xffff), ...half(value >>> 16)];

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** The checksum of zip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (TABLE[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}
