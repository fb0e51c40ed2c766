/** What a picture file's header says, before anything is decoded. */
export interface Header {
  /** The format's usual name: "PNG", "HEIC". */
  readonly kind: string;
  /** Its size in pixels, if this page can read it from the header. */
  readonly size?: Size | undefined;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Sizes of BITMAPINFOHEADER and similar headers: a text may begin with "BM" too. */
const BMP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124];

/** How files of each format begin, and how to read their size. */
const KINDS: readonly {
  readonly kind: string;
  begins(head: string): boolean;
  size?(bytes: DataView): Size | undefined;
}[] = [
  { kind: "PNG", begins: (head) => head.startsWith("\x89PNG\r\n\x1a\n"), size: pngSize },
  { kind: "JPEG", begins: (head) => head.startsWith("\xff\xd8\xff"), size: jpegSize },
  { kind: "GIF", begins: (head) => /^GIF8[79]a/.test(head), size: gifSize },
  { kind: "WebP", begins: (head) => /^RIFF[\s\S]{4}WEBP/.test(head), size: webpSize },
  {
    kind: "BMP",
    begins: (head) => head.startsWith("BM") && BMP_HEADERS.includes(head.charCodeAt(14)),
    size: bmpSize,
  },
  { kind: "AVIF", begins: (head) => /avi[fs]/.test(brands(head)) },
  { kind: "HEIC", begins: (head) => /^(hei|hev|mif1|msf1)/.test(brands(head)) },
  { kind: "JPEG XL", begins: (head) => /^(\xff\n|\0\0\0\fJXL )/.test(head) },
  { kind: "TIFF", begins: (head) => /^(II\*\0|MM\0\*)/.test(head) },
  { kind: "PDF", begins: (head) => head.startsWith("%PDF-") },
  { kind: "SVG", begins: (head) => /^(\xef\xbb\xbf)?\s*<(|[\s\S]*?<)svg[\s>]/i.test(head) },
];

/** This many bytes show the format; an SVG may begin with comments. */
export const ENOUGH_FOR_KIND = 4096;

/** Reads the first bytes of a file; undefined if it is no known picture format. */
export function readHeader(bytes: Uint8Array<ArrayBuffer>): Header | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, ENOUGH_FOR_KIND));
  const found = KINDS.find(({ begins }) => begins(head));
  if (!found) return undefined;
  const { kind, size } = found;
  try {
    return { kind, size: size?.(new DataView(bytes.buffer, 0, bytes.byteLength)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The file ends within its header.
    return { kind };
  }
}

/** The major brand and the first compatible ones of a file in MPEG's container; empty for others. */
const brands = (head: string): string => (head.startsWith("ftyp", 4) ? head.slice(8, 40) : "");

const word = (bytes: DataView, at: number): string =>
  String.fromCharCode(...new Uint8Array(bytes.buffer, at, 4));

function pngSize(bytes: DataView): Size | undefined {
  if (word(bytes, 12) !== "IHDR") return undefined;
  return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
}

/** The size is in the frame's header, after segments of any length. */
function jpegSize(bytes: DataView): Size | undefined {
  for (let at = 2; ; ) {
    if (bytes.getUint8(at) !== 0xff) return undefined;
    const marker = bytes.getUint8(at + 1);
    // Any number of 0xff may fill up before a marker; the standalone markers have no length.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: bytes.getUint16(at + 7), height: bytes.getUint16(at + 5) };
    } else at += 2 + Math.max(2, bytes.getUint16(at + 2));
  }
}

/** The size of the screen, or of the first frame if that is larger: browsers then enlarge the screen. */
function gifSize(bytes: DataView): Size | undefined {
  const number = (at: number): number => bytes.getUint16(at, true);
  const flags = bytes.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  // Extensions: a label, then blocks up to an empty one.
  while (bytes.getUint8(at) === 0x21) {
    at += 2;
    while (bytes.getUint8(at) > 0) at += 1 + bytes.getUint8(at);
    at += 1;
  }
  if (bytes.getUint8(at) !== 0x2c) return undefined;
  return {
    width: Math.max(number(6), number(at + 1) + number(at + 5)),
    height: Math.max(number(8), number(at + 3) + number(at + 7)),
  };
}

function webpSize(bytes: DataView): Size | undefined {
  const chunk = word(bytes, 12);
  if (chunk === "VP8X") {
    const side = (at: number): number => 1 + bytes.getUint16(at, true) + 65536 * bytes.getUint8(at + 2);
    return { width: side(24), height: side(27) };
  }
  if (chunk === "VP8L") {
    const bits = bytes.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  if (chunk !== "VP8 ") return undefined;
  return { width: bytes.getUint16(26, true) & 0x3fff, height: bytes.getUint16(28, true) & 0x3fff };
}

function bmpSize(bytes: DataView): Size {
  if (bytes.getUint32(14, true) === 12) {
    return { width: bytes.getUint16(18, true), height: bytes.getUint16(20, true) };
  }
  // A negative height means that rows come from the top.
  return { width: Math.abs(bytes.getInt32(18, true)), height: Math.abs(bytes.getInt32(22, true)) };
}
