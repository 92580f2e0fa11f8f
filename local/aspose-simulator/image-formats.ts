/** The image formats that can be submitted, by their names in sharp. */
export const IMAGE_FORMATS = {
  jpeg: 'JPEG',
  png: 'PNG',
  tiff: 'TIFF',
  gif: 'GIF',
  webp: 'WebP',
  bmp: 'BMP',
  svg: 'SVG',
} as const;

export type ImageFormat = keyof typeof IMAGE_FORMATS;

/** Display names of the formats, for messages. */
export const IMAGE_FORMAT_NAMES = Object.values(IMAGE_FORMATS).join(', ');

export function isImageFormat(format: string): format is ImageFormat {
  return Object.hasOwn(IMAGE_FORMATS, format);
}
