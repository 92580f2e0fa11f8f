import * as z from 'zod/mini';
import { imageIdSchema, imageRequestShape, imageSourceSchema } from './image-input.ts';
import { imageRecordSchema } from './image-record.ts';
import { closedObject, textMatching } from './schema-helpers.ts';
import { taskRecordSchema } from './task-record.ts';

/** The schemas of the routes of images in the HTTP API. */

const FILE_NAME = 'a file name of 1 to 198 characters without / and control characters, such as scan.png';
/** Without \p{Cc}, which the regular expressions of other languages do not know. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const FILE_NAME_FORM = /^\.{0,2}[^./\u0000-\u001f\u007f-\u009f][^/\u0000-\u001f\u007f-\u009f]{0,197}$/u;
const MEDIA_TYPE = 'a media type such as image/png';

/** The body of POST /images: `fileName` for an upload link, or `source` for an object in S3. */
export const imageRequestSchema = closedObject({
  fileName: z.optional(
    textMatching(FILE_NAME_FORM, FILE_NAME).check(
      // A URL cannot have a lone surrogate.
      z.overwrite((name) => name.toWellFormed()),
      z.describe('Asks for an upload link. Either fileName or source is required.'),
    ),
  ),
  contentType: z.optional(
    textMatching(/^[a-z]{1,32}\/[a-z0-9.+-]{1,64}$/i, MEDIA_TYPE).check(
      z.describe('The Content-Type that the upload will have. Only with fileName.'),
    ),
  ),
  source: z.optional(
    imageSourceSchema.check(
      z.describe('An object in the inbox or in a source of the courier. Starts its recognition.'),
    ),
  ),
  ...imageRequestShape,
  again: z._default(
    z
      .boolean('true or false')
      .check(z.describe('Recognizes an image again that is done or was refused. Only with source.')),
    false,
  ),
});
export type ImageRequest = z.output<typeof imageRequestSchema>;

export const imagePathSchema = z.object({ imageId: imageIdSchema });

/** How the file is uploaded: one request with exactly these headers. */
export const uploadLinkSchema = z.object({
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});
export type UploadLink = z.output<typeof uploadLinkSchema>;

/** The response to POST /images with `fileName`: the image is recognized once it is uploaded. */
export const requestedUploadSchema = z.object({
  imageId: z.string(),
  upload: uploadLinkSchema,
  /** ISO 8601. */
  expiresAt: z.string(),
});
export type RequestedUpload = z.output<typeof requestedUploadSchema>;

/** The response to GET /images/{imageId}. */
export const imageViewSchema = z.extend(
  z.pick(imageRecordSchema, {
    imageId: true,
    generation: true,
    state: true,
    operation: true,
    source: true,
    correlation: true,
    taskIds: true,
    uploads: true,
    ambiguousUploads: true,
    nextUploadAt: true,
    reason: true,
    messages: true,
    outcome: true,
    executionArn: true,
    startedAt: true,
    completedAt: true,
    expiresAt: true,
  }),
  {
    /** The record of the last task; null before there is one, and after it has expired. */
    task: z.nullable(taskRecordSchema),
  },
);
export type ImageView = z.output<typeof imageViewSchema>;

/** The response to POST /images with `source`. */
export const recognitionSchema = z.object({ imageId: z.string(), image: imageViewSchema });
