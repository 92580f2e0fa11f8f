import sharp from 'sharp';

/** Images that cameras and scanners write, and that decoders may reject. */

/** Writes a JPEG file without application segments, whose frame header comes first. */
export async function frameHeaderFirst(image: Buffer): Promise<Buffer> {
  const { jpeg, segments, scanAt } = await baselineJpeg(image);
  const frame = segments.filter((segment) => segment[1] === 0xc0);
  const tables = segments.filter((segment) => segment[1] !== 0xc0 && Number(segment[1]) < 0xe0);
  return Buffer.concat([jpeg.subarray(0, 2), ...frame, ...tables, jpeg.subarray(scanAt)]);
}

/** Writes a JPEG file with a wrong spectral selection, which decoders ignore after a warning. */
export async function wrongScanHeader(image: Buffer): Promise<Buffer> {
  const { jpeg, scanAt } = await baselineJpeg(image);
  const spectralSelectionAt = scanAt + 5 + 2 * jpeg.readUInt8(scanAt + 4);
  jpeg.fill(0, spectralSelectionAt, spectralSelectionAt + 2);
  return jpeg;
}

async function baselineJpeg(image: Buffer) {
  const jpeg = await sharp(image).flatten({ background: 'white' }).jpeg().toBuffer();
  const segments: Buffer[] = [];
  let scanAt = 2;
  while (jpeg[scanAt + 1] !== 0xda) {
    const end = scanAt + 2 + jpeg.readUInt16BE(scanAt + 2);
    segments.push(jpeg.subarray(scanAt, end));
    scanAt = end;
  }
  return { jpeg, segments, scanAt };
}

/** Rotates an image to its side, and marks it with the EXIF orientation that turns it back. */
export async function onItsSide(image: Buffer, format: 'jpeg' | 'png' | 'tiff' | 'webp'): Promise<Buffer> {
  const rotated = await sharp(image).flatten({ background: 'white' }).rotate(270).png().toBuffer();
  return await sharp(rotated).toFormat(format).withMetadata({ orientation: 6 }).toBuffer();
}

/** How a BMP file stores its pixels. */
export interface BmpForm {
  readonly bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  /** Top row first, as some scanners write. @default false */
  readonly topDown?: boolean;
  /** The header of OS/2 1.x. @default false */
  readonly coreHeader?: boolean;
  /** Bits of red, green and blue, written after the header. @default - those of the format */
  readonly masks?: readonly [number, number, number];
  /** @default 0: uncompressed, or 3 with masks */
  readonly compression?: number;
}

/** Writes an image as BMP. Up to 8 bits per pixel, its colors become levels of gray. */
export async function bmpOf(image: Buffer, form: BmpForm): Promise<Buffer> {
  const { bitsPerPixel, topDown = false, coreHeader = false, masks } = form;
  const { compression = masks === undefined ? 0 : 3 } = form;
  const source = sharp(image).flatten({ background: 'white' }).removeAlpha().toColourspace('srgb');
  const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const colors = bitsPerPixel <= 8 ? 2 ** bitsPerPixel : 0;
  const palette = Buffer.concat(
    Array.from({ length: colors }, (_, index) =>
      Buffer.alloc(coreHeader ? 3 : 4).fill((index * 255) / (colors - 1), 0, 3),
    ),
  );
  const maskBytes = Buffer.alloc(masks === undefined ? 0 : 12);
  masks?.forEach((mask, index) => void maskBytes.writeUInt32LE(mask, index * 4));
  const header = Buffer.alloc(coreHeader ? 12 : 40);
  header.writeUInt32LE(header.length);
  if (coreHeader) {
    header.writeUInt16LE(width, 4);
    header.writeUInt16LE(height, 6);
    header.writeUInt16LE(bitsPerPixel, 10);
  } else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(topDown ? -height : height, 8);
    header.writeUInt16LE(bitsPerPixel, 14);
    header.writeUInt32LE(compression, 16);
    header.writeInt32LE(Math.round(300 / 0.0254), 24);
  }
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const pixels = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const rowAt = (topDown ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x += 1) {
      const [red = 0, green = 0, blue = 0] = data.subarray((y * width + x) * 3);
      if (bitsPerPixel === 24) pixels.writeUIntBE((blue << 16) | (green << 8) | red, rowAt + x * 3, 3);
      else if (bitsPerPixel === 32) pixels.writeUInt32LE((red << 16) | (green << 8) | blue, rowAt + x * 4);
      else if (bitsPerPixel === 16) {
        const value = masks === undefined ? [10, 5, 3] : [11, 5, 2];
        const [redShift = 0, greenShift = 0, greenLoss = 0] = value;
        const word = ((red >> 3) << redShift) | ((green >> greenLoss) << greenShift) | (blue >> 3);
        pixels.writeUInt16LE(word, rowAt + x * 2);
      } else {
        const at = rowAt + Math.floor((x * bitsPerPixel) / 8);
        const shift = 8 - bitsPerPixel - ((x * bitsPerPixel) % 8);
        pixels.writeUInt8(pixels.readUInt8(at) | ((red >> (8 - bitsPerPixel)) << shift), at);
      }
    }
  }
  const fileHeader = Buffer.alloc(14);
  fileHeader.write('BM');
  const pixelsAt = fileHeader.length + header.length + maskBytes.length + palette.length;
  fileHeader.writeUInt32LE(pixelsAt + pixels.length, 2);
  fileHeader.writeUInt32LE(pixelsAt, 10);
  return Buffer.concat([fileHeader, header, maskBytes, palette, pixels]);
}
