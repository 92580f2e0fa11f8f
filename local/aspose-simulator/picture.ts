import sharp, { type Sharp } from 'sharp';
import { decodeImage, readImageHeader } from './image-file.ts';
import { IMAGE_FORMAT_NAMES, IMAGE_FORMATS } from './image-formats.ts';
import type { Rect } from './recognizer.ts';

/** Tesseract ignores a lower density: it guesses one, and warns on stderr. */
const MIN_DENSITY_PER_INCH = 70;

/** Set when an image has no density. It affects PDF page size and layout analysis. */
const DEFAULT_DENSITY_PER_INCH = 150;

/** Limited by the engine's 32-bit memory. An A4 page at 600 dots per inch has 35. */
const MAX_MEGAPIXELS = 60;

/** The first page of an image as PNG: fully decoded, upright, on a white background. */
export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes an image file.
 *
 * @throws Error with a message for the user when the file is broken or no supported image
 */
export async function openPicture(file: Uint8Array): Promise<Picture> {
  const header = await readImageHeader(file);
  if (header === undefined) {
    throw new Error(`image: got ${file.byteLength} bytes of other content; allowed: ${IMAGE_FORMAT_NAMES}`);
  }
  const { format, width, height } = header;
  const megapixels = (width * height) / 1e6;
  if (megapixels > MAX_MEGAPIXELS) {
    throw new Error(`image: got ${megapixels.toFixed(1)} megapixels; allowed: at most ${MAX_MEGAPIXELS}`);
  }
  const density = header.density < MIN_DENSITY_PER_INCH ? DEFAULT_DENSITY_PER_INCH : header.density;
  try {
    const image = decodeImage(file).flatten({ background: 'white' });
    // Decoded BMP pixels have no density.
    if (density !== header.density || format === 'bmp') image.withMetadata({ density });
    return await renderPicture(image);
  } catch (cause) {
    const [detail] = cause instanceof Error ? cause.message.split('\n') : [];
    const got = `a broken ${IMAGE_FORMATS[format]} image (${detail})`;
    throw new Error(`image: got ${got}; allowed: a complete one`, { cause });
  }
}

/** Crops a picture to a rectangle, which must lie within the picture. */
export function crop({ png }: Picture, rect: Rect): Promise<Picture> {
  const { topLeftX: left, topLeftY: top, bottomRightX: right, bottomRightY: bottom } = rect;
  return renderPicture(sharp(png).extract({ left, top, width: right - left, height: bottom - top }));
}

/** Rotates a picture clockwise, by any number of degrees. */
export function rotate({ png }: Picture, degrees: number): Promise<Picture> {
  return renderPicture(sharp(png).rotate(degrees, { background: 'white' }));
}

/** Stretches the contrast to the full range. */
export function stretchContrast({ png }: Picture): Promise<Picture> {
  return renderPicture(sharp(png).normalise());
}

/** Doubles width and height by Lanczos resampling. */
export function upsample({ png, width }: Picture): Promise<Picture> {
  return renderPicture(sharp(png).resize({ width: width * 2, kernel: 'lanczos3' }));
}

async function renderPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image.png().toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
