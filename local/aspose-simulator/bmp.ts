/** Own code, because libvips reads no BMP, and bmp-js and bmp-ts misread common ones. */

/** What a BMP file says about its pixels. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Dots per inch; 0 when the file names none. */
  readonly density: number;
  /** Whether the first row is the top one. Most files begin with the bottom row. */
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly compression: number;
  readonly paletteAt: number;
  readonly paletteEntryBytes: number;
  readonly pixelsAt: number;
}

/** The fields of BITMAPFILEHEADER, and the header of OS/2 1.x and of Windows 3 that follows it. */
const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
/** Color masks follow BITMAPINFOHEADER, and are the next fields of its later versions. */
const MASKS_AT = FILE_HEADER_BYTES + INFO_HEADER_BYTES;

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
const INCHES_PER_METER = 1 / 0.0254;

/** Reads the header of a BMP file; returns nothing for any other file. */
export function readBmpHeader(file: Buffer): BmpHeader | undefined {
  if (file.toString('latin1', 0, 2) !== 'BM' || file.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) {
    return undefined;
  }
  const pixelsAt = file.readUInt32LE(10);
  const headerBytes = file.readUInt32LE(FILE_HEADER_BYTES);
  const paletteAt = FILE_HEADER_BYTES + headerBytes;
  if (headerBytes === CORE_HEADER_BYTES) {
    return {
      width: file.readUInt16LE(18),
      height: file.readUInt16LE(20),
      density: 0,
      isTopDown: false,
      bitsPerPixel: file.readUInt16LE(24),
      compression: UNCOMPRESSED,
      paletteAt,
      paletteEntryBytes: 3,
      pixelsAt,
    };
  }
  if (headerBytes < INFO_HEADER_BYTES || file.length < MASKS_AT) return undefined;
  const height = file.readInt32LE(22);
  const compression = file.readUInt32LE(30);
  const hasMasksAfterHeader = headerBytes === INFO_HEADER_BYTES && compression === BIT_FIELDS;
  return {
    width: Math.abs(file.readInt32LE(18)),
    height: Math.abs(height),
    density: Math.round(file.readInt32LE(38) / INCHES_PER_METER),
    isTopDown: height < 0,
    bitsPerPixel: file.readUInt16LE(28),
    compression,
    paletteAt: hasMasksAfterHeader ? MASKS_AT + 12 : paletteAt,
    paletteEntryBytes: 4,
    pixelsAt,
  };
}

/**
 * Decodes the pixels of a BMP file to 8-bit RGB, top row first. It ignores transparency, as most
 * viewers do.
 *
 * @throws Error when the file is cut off or has a form that scanners do not write
 */
export function decodeBmp(file: Buffer, header: BmpHeader): Buffer {
  const { width, height, isTopDown, bitsPerPixel, pixelsAt } = header;
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const readPixel = pixelReader(file, header);
  if (pixelsAt + height * rowBytes > file.length) throw new Error('it ends before its last row');
  const rgb = Buffer.allocUnsafe(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const rowAt = pixelsAt + (isTopDown ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x += 1) at = rgb.writeUIntBE(readPixel(rowAt, x), at, 3);
  }
  return rgb;
}

/** Returns the pixel at a column of the row that starts at a position, as 0xRRGGBB. */
type PixelReader = (rowAt: number, x: number) => number;

function pixelReader(file: Buffer, { compression, bitsPerPixel, ...palette }: BmpHeader): PixelReader {
  const form = `${bitsPerPixel} ${compression}`;
  switch (form) {
    case '1 0':
    case '4 0':
    case '8 0': {
      const colors = Array.from({ length: 2 ** bitsPerPixel }, (_, index) =>
        readColor(file, palette.paletteAt + index * palette.paletteEntryBytes),
      );
      const pixelsPerByte = 8 / bitsPerPixel;
      return (rowAt, x) => {
        const shift = 8 - bitsPerPixel * ((x % pixelsPerByte) + 1);
        const index = file.readUInt8(rowAt + Math.floor(x / pixelsPerByte)) >> shift;
        return colors[index & (colors.length - 1)] ?? 0;
      };
    }
    case '16 0':
      return maskReader((rowAt, x) => file.readUInt16LE(rowAt + 2 * x), [0x7c00, 0x03e0, 0x001f]);
    case '24 0':
      return (rowAt, x) => file.readUIntLE(rowAt + 3 * x, 3);
    case '32 0':
      return (rowAt, x) => file.readUIntLE(rowAt + 4 * x, 3);
    case '16 3':
      return maskReader((rowAt, x) => file.readUInt16LE(rowAt + 2 * x), readMasks(file));
    case '32 3':
      return maskReader((rowAt, x) => file.readUInt32LE(rowAt + 4 * x), readMasks(file));
  }
  throw new Error(`it has ${bitsPerPixel} bits per pixel with compression ${compression}`);
}

/** Palettes may be shorter than the number of indices. */
function readColor(file: Buffer, at: number): number {
  return at + 3 <= file.length ? file.readUIntLE(at, 3) : 0;
}

function readMasks(file: Buffer): number[] {
  return [0, 4, 8].map((offset) => file.readUInt32LE(MASKS_AT + offset));
}

/** Reads pixels whose red, green and blue are the given bits of a number. */
function maskReader(read: PixelReader, masks: readonly number[]): PixelReader {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { shift, maximum: mask >>> shift };
  });
  return (rowAt, x) => {
    const value = read(rowAt, x);
    return channels.reduce((rgb, { shift, maximum }) => {
      const level = maximum === 0 ? 0 : Math.round((((value >>> shift) & maximum) * 255) / maximum);
      return rgb * 256 + level;
    }, 0);
  };
}
