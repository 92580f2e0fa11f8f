import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Rect } from './recognizer.ts';

const READABLE_FORMATS = ['jpeg', 'png', 'tiff', 'gif', 'webp'];

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
  const { format, density = 0, width = 0, height = 0 } = await readMetadata(file);
  if (format === undefined || !READABLE_FORMATS.includes(format)) {
    const got = format ?? `${file.byteLength} bytes of no image`;
    throw new Error(`image: got ${got}; allowed: ${READABLE_FORMATS.join(', ')}`);
  }
  const megapixels = (width * height) / 1e6;
  if (megapixels > MAX_MEGAPIXELS) {
    throw new Error(`image: got ${megapixels.toFixed(1)} megapixels; allowed: at most ${MAX_MEGAPIXELS}`);
  }
  try {
    const image = sharp(file).autoOrient().flatten({ background: 'white' });
    if (density < MIN_DENSITY_PER_INCH) image.withMetadata({ density: DEFAULT_DENSITY_PER_INCH });
    return await renderPicture(image);
  } catch (cause) {
    const [detail] = cause instanceof Error ? cause.message.split('\n') : [];
    throw new Error(`image: got a broken ${format} image (${detail}); allowed: a complete one`, { cause });
  }
}

/** Reads the header of an image; returns nothing for any other file. */
async function readMetadata(file: Uint8Array): Promise<Partial<Metadata>> {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    return {};
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
