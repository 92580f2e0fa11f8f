import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Rect } from './recognizer.ts';

const READABLE_FORMATS = ['jpeg', 'png', 'tiff', 'gif', 'webp'];

/** Tesseract takes no lower density than this seriously: it guesses, with a warning on stderr. */
const LEAST_DENSITY_PER_INCH = 70;

/** For an image that names no density. It gives a PDF its page size and guides the analysis of the layout. */
const USUAL_DENSITY_PER_INCH = 150;

/** Beyond this, the engine's 32-bit memory gets short. An A4 page at 600 dots per inch has 35 million. */
const MAX_MEGAPIXELS = 60;

/** An image decoded whole and kept as PNG: upright, on white, its first page only. */
export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Decodes an image file. Throws an `Error` whose message may be shown when it is broken or of another kind. */
export async function openPicture(file: Uint8Array): Promise<Picture> {
  const { format, density = 0, width = 0, height = 0 } = await readMetadata(file);
  if (format === undefined || !READABLE_FORMATS.includes(format)) {
    const got = format ?? `${file.byteLength} bytes of another kind`;
    const allowed = READABLE_FORMATS.join(', ');
    throw new Error(`The file is not an image that can be read: got ${got}, allowed are ${allowed}.`);
  }
  const megapixels = (width * height) / 1e6;
  if (megapixels > MAX_MEGAPIXELS) {
    throw new Error(
      `The ${format} image is too large: got ${megapixels.toFixed(1)} megapixels, allowed are up to ${MAX_MEGAPIXELS}.`,
    );
  }
  try {
    const image = sharp(file).autoOrient().flatten({ background: 'white' });
    if (density < LEAST_DENSITY_PER_INCH) image.withMetadata({ density: USUAL_DENSITY_PER_INCH });
    return await picture(image);
  } catch (cause) {
    const [detail] = cause instanceof Error ? cause.message.split('\n') : [];
    throw new Error(`The ${format} image cannot be decoded: ${detail}`, { cause });
  }
}

/** What the head of a file tells; nothing when it is no image at all. */
async function readMetadata(file: Uint8Array): Promise<Partial<Metadata>> {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    return {};
  }
}

/** The part of a picture inside a rectangle, which must lie within it. */
export function crop({ png }: Picture, rect: Rect): Promise<Picture> {
  const { topLeftX: left, topLeftY: top, bottomRightX: right, bottomRightY: bottom } = rect;
  return picture(sharp(png).extract({ left, top, width: right - left, height: bottom - top }));
}

/** Turned clockwise, by any number of degrees. */
export function rotate({ png }: Picture, degrees: number): Promise<Picture> {
  return picture(sharp(png).rotate(degrees, { background: 'white' }));
}

/** Contrast stretched to the full range. */
export function stretchContrast({ png }: Picture): Promise<Picture> {
  return picture(sharp(png).normalise());
}

/** Twice as wide and as high, by Lanczos resampling. */
export function upsample({ png, width }: Picture): Promise<Picture> {
  return picture(sharp(png).resize({ width: width * 2, kernel: 'lanczos3' }));
}

async function picture(image: Sharp): Promise<Picture> {
  const { data, info } = await image.png().toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
