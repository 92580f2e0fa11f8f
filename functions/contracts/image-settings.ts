import * as z from 'zod/mini';
import { LANGUAGES } from './languages.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { resultTypesOf } from './result-types.ts';
import { closedObject, oneOf, wholeNumberFromTo } from './schema-helpers.ts';

/**
 * The settings that Aspose's operations take (source: its OpenAPI file). There, every operation
 * with settings takes all of them; here, each takes those that have an effect on it.
 */

/** Aspose's ways to find text in an image. */
export const DSR_MODES = [
  'Regions',
  'DsrNoFilter',
  'DsrAndFilter',
  'NoDsrNoFilter',
  'TextDetector',
  'DsrPlusDetector',
  'PolygonalTextDetector',
  'LineDetector',
] as const;

/** Aspose's thresholds of what counts as text. */
export const DSR_CONFIDENCES = [
  'Default',
  'Low',
  'LowMid',
  'Mid',
  'MidHigh',
  'High',
  'Ultra',
  'All',
] as const;

/** The languages of speech. */
export const SPEECH_LANGUAGES = ['English'] as const;

/** Maximum regions in one image. */
export const MAX_REGIONS = 1000;

/** Largest number that Aspose's integers hold. */
const MAX_INT32 = 2 ** 31 - 1;

const flag = z.optional(z.boolean('true or false'));
const pixels = wholeNumberFromTo(0, MAX_INT32);
const CORNERS = 'a top left corner above and left of the bottom right corner';

const rectSchema = closedObject({
  topLeftX: pixels,
  topLeftY: pixels,
  bottomRightX: pixels,
  bottomRightY: pixels,
}).check(z.refine((rect) => rect.topLeftX < rect.bottomRightX && rect.topLeftY < rect.bottomRightY, CORNERS));

/** A part of an image, in pixels. The bottom right corner is exclusive. */
const regionSchema = closedObject({
  rect: rectSchema,
  /** Place of its text among the results. @default - the region's position in the list, from 1 */
  order: z.optional(wholeNumberFromTo(0, MAX_INT32)),
});

const REGIONS = `an array of 1 to ${MAX_REGIONS} regions { rect, order }`;
const regionsSchema = z
  .array(regionSchema, REGIONS)
  .check(z.minLength(1, REGIONS), z.maxLength(MAX_REGIONS, REGIONS));

const commonShape = {
  language: z.optional(oneOf(LANGUAGES)),
  /** Degrees. */
  rotate: z.optional(wholeNumberFromTo(-360, 360)),
  makeSkewCorrect: flag,
  makeBinarization: flag,
  makeSpellCheck: flag,
  makeContrastCorrection: flag,
  makeUpsampling: flag,
  dsrMode: z.optional(oneOf(DSR_MODES)),
  dsrConfidence: z.optional(oneOf(DSR_CONFIDENCES)),
};

/** The settings of an image as callers give them. Which of them exist depends on the operation. */
export interface ImageSettings extends z.output<z.ZodMiniObject<typeof commonShape>> {
  readonly resultType?: string | undefined;
  readonly resultTypeTable?: string | undefined;
  readonly regions?: z.output<typeof regionsSchema> | undefined;
}

const WITHOUT_SETTINGS: readonly OperationName[] = [
  'BinarizeImage',
  'DeskewImage',
  'DewarpImage',
  'UpscaleImage',
];

/** Whether Aspose's operation takes settings at all. */
export function takesSettings(operation: OperationName): boolean {
  return !WITHOUT_SETTINGS.includes(operation);
}

/** The schema of the settings that callers may give for an operation. */
export function imageSettingsSchema(operation: OperationName): z.ZodMiniType<ImageSettings> {
  if (!takesSettings(operation))
    return z.strictObject({}, `an empty object, because ${operation} has no settings`);
  const resultType = z.optional(oneOf(resultTypesOf(operation)));
  if (OPERATIONS[operation].input === 'text')
    return closedObject({ language: z.optional(oneOf(SPEECH_LANGUAGES)), resultType });
  if (operation === 'RecognizeTable') return closedObject({ ...commonShape, resultTypeTable: resultType });
  if (operation === 'RecognizeRegions')
    return closedObject({ ...commonShape, resultType, regions: regionsSchema });
  return closedObject({ ...commonShape, resultType });
}
