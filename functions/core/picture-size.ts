import { imageSize } from 'image-size';
import type { ImageSettings } from '../contracts/image-settings.ts';
import { type PictureFormat, pictureFormat } from './image-formats.ts';
import { InvalidInput } from './invalid-input.ts';

/** The size of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** Whether width and height may have to be swapped to show the picture upright. */
  readonly mayBeOnItsSide: boolean;
}

/** Formats whose size is certain. An SVG has none in pixels, and the pages of a TIFF may differ. */
const SIZED_FORMATS: readonly (PictureFormat | undefined)[] = ['JPEG', 'PNG', 'GIF', 'BMP', 'WebP'];

/** EXIF orientations from 5 turn a picture by a quarter. */
const FIRST_QUARTER_TURN = 5;

/**
 * Reads the size of an upright picture from the first bytes of its file.
 *
 * @returns undefined when they do not contain it
 */
export function pictureSize(head: Uint8Array): PictureSize | undefined {
  const format = pictureFormat(head);
  if (!SIZED_FORMATS.includes(format)) return undefined;
  try {
    // A copy, because the library may read past the end of a view.
    const { width, height, orientation } = imageSize(new Uint8Array(head));
    if (!(width > 0 && height > 0)) return undefined;
    if (orientation === undefined) return { width, height, mayBeOnItsSide: mayHaveOrientation(format, head) };
    return orientation < FIRST_QUARTER_TURN
      ? { width, height, mayBeOnItsSide: false }
      : { width: height, height: width, mayBeOnItsSide: false };
  } catch {
    // The library throws for what it cannot read.
    return undefined;
  }
}

/** Whether a file may have an EXIF orientation that the library has not found. */
function mayHaveOrientation(format: PictureFormat | undefined, head: Uint8Array): boolean {
  if (format === 'JPEG') return new TextDecoder('latin1').decode(head).includes('Exif');
  // Their EXIF data may be at the end of the file.
  return format === 'PNG' || format === 'WebP';
}

/** Finds the first region that lies outside the picture. */
export function regionProblem(
  { regions = [] }: Pick<ImageSettings, 'regions'>,
  { width, height, mayBeOnItsSide }: PictureSize,
): InvalidInput | undefined {
  const isWithin = (right: number, bottom: number) => right <= width && bottom <= height;
  const index = regions.findIndex(
    ({ rect: { bottomRightX, bottomRightY } }) =>
      !isWithin(bottomRightX, bottomRightY) && !(mayBeOnItsSide && isWithin(bottomRightY, bottomRightX)),
  );
  const outside = regions[index];
  if (outside === undefined) return undefined;
  const { bottomRightX, bottomRightY } = outside.rect;
  return new InvalidInput(
    `settings.regions.${index}`,
    `bottom right corner ${bottomRightX}, ${bottomRightY}`,
    `a corner within the image of ${width} x ${height} pixels`,
  );
}
