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

/** Leaves room for 1,000 regions, and fits into an execution's input and a record. */
const MAX_SETTINGS_CHARACTERS = 192 * 1024;
/** Valid settings have four. */
const MAX_SETTINGS_LEVELS = 8;
const SETTINGS_LIMIT = `at most ${MAX_SETTINGS_CHARACTERS} characters of JSON in ${MAX_SETTINGS_LEVELS} levels`;

function hasLevels(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => hasLevels(item, levels - 1));
}

const isStorable = (settings: unknown) =>
  hasLevels(settings, MAX_SETTINGS_LEVELS) &&
  (JSON.stringify(settings) ?? '').length <= MAX_SETTINGS_CHARACTERS;

/** The fields that ask for an image to be recognized. */
export const imageRequestShape = {
  operation,
  /** Checked against the operation when the image is submitted. */
  settings: z.optional(z.unknown().check(z.refine(isStorable, SETTINGS_LIMIT))),
  correlation,
  polling,
};

/** The input of an execution of `Recognize image`. */
export const imageInputSchema = closedObject({
  source: imageSourceSchema,
  ...imageRequestShape,
  generation,
  /** Why the inbox could not read the object, which is then refused. */
  unreadable: z.optional(textUpTo(200)),
  /** The id that POST /images returned. @default - derived from source, operation and settings */
  imageId: z.optional(imageIdSchema),
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID:
    executionInputSchema.shape.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID,
});
export type ImageInput = z.output<typeof imageInputSchema>;
