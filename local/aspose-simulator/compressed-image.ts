import sharp from 'sharp';

/** Noise makes a PNG file larger than this, and ten times as large as a JPEG file. */
const LARGE_PNG_BYTES = 1024 * 1024;

/** Barely visible losses. */
const JPEG_QUALITY = 90;

/** Position of the two densities in a JFIF header, which begins with its marker. */
const JFIF_DENSITY_AT = 12;

/**
 * Compresses a large PNG file as JPEG, because a searchable PDF holds the image as it was
 * recognized. Returns others unchanged.
 */
export async function compressImage(png: Uint8Array): Promise<Uint8Array> {
  if (png.byteLength <= LARGE_PNG_BYTES) return png;
  const { density = 0 } = await sharp(png).metadata();
  const jpeg = await sharp(png).jpeg({ quality: JPEG_QUALITY }).toBuffer();
  // sharp writes the density as EXIF only, where the engine does not look for it.
  const jfif = Buffer.from('ffe000104a46494600010101000000000000', 'hex');
  jfif.writeUInt16BE(density, JFIF_DENSITY_AT);
  jfif.writeUInt16BE(density, JFIF_DENSITY_AT + 2);
  return Buffer.concat([jpeg.subarray(0, 2), jfif, jpeg.subarray(2)]);
}
