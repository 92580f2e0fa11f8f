/** Size of each uploaded image: 50 MB, which is 67 MB of base64. */
export const IMAGE_BYTES = 50_000_000;

/** How fast the slow Aspose reads. */
export const SLOW_BYTES_PER_SECOND = 10_000_000;
