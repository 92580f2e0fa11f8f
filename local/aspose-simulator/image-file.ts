import sharp, { type Metadata, type Sharp } from 'sharp';
import { decodeBmp, readBmpHeader } from './bmp.ts';
import { type ImageFormat, isImageFormat } from './image-formats.ts';

/** What an image file says about its first page. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels, of the upright image: after the rotation that EXIF asks for. */
  readonly width: number;
  /** Pixels, of the upright image. */
  readonly height: number;
  /** Dots per inch; 0 when the file names none. */
  readonly density: number;
}

/**
 * Reads the header of an image file; returns nothing for any other file. All checks of an image
 * before it is decoded use it, so that they agree with the decoder.
 */
export async function readImageHeader(file: Uint8Array): Promise<ImageHeader | undefined> {
  const bmp = readBmpHeader(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  if (bmp !== undefined) return { ...bmp, format: 'bmp' };
  // A compressed SVG may expand to any size.
  if (file[0] === GZIP[0] && file[1] === GZIP[1]) return undefined;
  const { format, density = 0, autoOrient } = await readMetadata(file);
  return format !== undefined && isImageFormat(format) && autoOrient !== undefined
    ? { format, density, ...autoOrient }
    : undefined;
}

const GZIP = [0x1f, 0x8b];

async function readMetadata(file: Uint8Array): Promise<Partial<Metadata>> {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    return {};
  }
}

/**
 * Opens an image file for decoding: upright, and its first page only. An SVG cannot load other
 * files, because libvips gives librsvg no address that they could be relative to.
 *
 * @throws Error when a BMP file is broken; sharp throws for all others
 */
export function decodeImage(file: Uint8Array): Sharp {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const bmp = readBmpHeader(bytes);
  // Cameras and scanners write files that decoders warn about, and that all viewers show.
  if (bmp === undefined) return sharp(file, { failOn: 'error' }).autoOrient();
  const { width, height } = bmp;
  return sharp(decodeBmp(bytes, bmp), { raw: { width, height, channels: 3 } });
}
