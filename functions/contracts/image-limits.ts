/**
 * Default maximum size of an image in bytes. Aspose publishes no limit, and refuses with 413 what
 * is too large for it.
 */
export const MAX_IMAGE_BYTES = 100 * 1024 * 1024;

/**
 * Maximum size in bytes of a text to be spoken, which is hours of speech. It is what is read before
 * the upload, so that the whole text is checked.
 */
export const MAX_TEXT_BYTES = 256 * 1024;
