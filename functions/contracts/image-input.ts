import * as z from 'zod/mini';
import { closedObject, textMatching, textUpTo } from './schema-helpers.ts';
import { executionInputSchema } from './task-input.ts';

/** Key prefix of images that are recognized as soon as they are uploaded: `inbox/<operation>/`. */
export const INBOX_PREFIX = 'inbox/';

/** S3's limit, in bytes of UTF-8. */
const MAX_KEY_LENGTH = 1024;

/**
 * An image's location in S3. With a version id or an ETag, exactly this content is recognized;
 * otherwise the latest at the time of the upload to Aspose.
 */
export const imageSourceSchema = closedObject({
  bucket: textMatching(/^[a-z0-9.-]{3,63}$/, 'the name of a bucket'),
  key: textUpTo(MAX_KEY_LENGTH),
  versionId: z.optional(textUpTo(MAX_KEY_LENGTH)),
  /** Without quotation marks. */
  etag: z.optional(textMatching(/^[\x21\x23-\x7e]{1,128}$/, 'an ETag without quotation marks')),
});
export type ImageSource = z.output<typeof imageSourceSchema>;

/** A source in records and events. Unknown fields are ignored: later versions may add some. */
export const knownSourceSchema = z.object(imageSourceSchema.shape);

/** 40 hexadecimal digits. */
export const imageIdSchema = textMatching(/^[0-9a-f]{40}$/, '40 hexadecimal digits');

const { operation, correlation, polling, generation } = executionInputSchema.shape;

/** The fields that ask for an image to be recognized. */
export const imageRequestShape = {
  operation,
  /** Checked against the operation when the image is submitted. */
  settings: z.optional(z.unknown()),
  correlation,
  polling,
};

/** The input of an execution of `Recognize image`. */
export const imageInputSchema = closedObject({
  source: imageSourceSchema,
  ...imageRequestShape,
  generation,
  /** The id that POST /images returned. @default - derived from source, operation and settings */
  imageId: z.optional(imageIdSchema),
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID:
    executionInputSchema.shape.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID,
});
export type ImageInput = z.output<typeof imageInputSchema>;
