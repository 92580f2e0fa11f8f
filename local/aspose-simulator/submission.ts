import { z } from 'zod';
import { DSR_CONFIDENCES, DSR_MODES } from '../../functions/contracts/image-settings.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../../functions/contracts/result-types.ts';
import { RequestError } from './http-messages.ts';
import { findLanguage, RECOGNIZABLE_LANGUAGES } from './language-data.ts';

const pixels = z.int().nonnegative();
const flag = z.boolean().default(false);

/** A part of an image that is recognized alone, in pixels. The bottom right corner is exclusive. */
const regionSchema = z.object({
  rect: z
    .object({ topLeftX: pixels, topLeftY: pixels, bottomRightX: pixels, bottomRightY: pixels })
    .refine((rect) => rect.topLeftX < rect.bottomRightX && rect.topLeftY < rect.bottomRightY, {
      error: 'a top left corner above and left of the bottom right corner',
    }),
  order: z.int(),
});

/**
 * The settings of all operations (source: Aspose's OpenAPI file). Like a .NET server, it accepts
 * names with either case of the first letter (`Rotate`, `rotate`), null as absent, and unknown
 * settings.
 */
const settingsSchema = z.preprocess(
  namedAsDotNetReads,
  z.object({
    language: z
      .string()
      .refine((name) => findLanguage(name) !== undefined, { error: RECOGNIZABLE_LANGUAGES })
      .default('English'),
    resultType: z.enum(RESULT_TYPES).default('Text'),
    resultTypeTable: z.enum(TABLE_RESULT_TYPES).optional(),
    rotate: z.int().min(-360).max(360).default(0),
    makeSkewCorrect: flag,
    makeBinarization: flag,
    makeContrastCorrection: flag,
    makeUpsampling: flag,
    makeSpellCheck: flag,
    dsrMode: z.enum(DSR_MODES).optional(),
    dsrConfidence: z.enum(DSR_CONFIDENCES).optional(),
    regions: z.array(regionSchema).default([]),
  }),
);

export type SubmissionSettings = z.infer<typeof settingsSchema>;

const submissionSchema = z.object({
  image: z.string().transform((text, context) => {
    if (isBase64(text)) return Buffer.from(text, 'base64');
    context.addIssue('base64');
    return z.NEVER;
  }),
  settings: settingsSchema,
});

/** Node.js skips invalid characters. Only valid base64 has an end that encodes back to itself. */
function isBase64(text: string): boolean {
  const end = text.slice(-4);
  return (
    text.length % 4 === 0 &&
    !/[^A-Za-z0-9+/]/.test(text.slice(0, -4)) &&
    Buffer.from(end, 'base64').toString('base64') === end
  );
}

/** A submitted image and its settings. */
export type Submission = z.infer<typeof submissionSchema>;

/**
 * Reads the body of a submission.
 *
 * @throws RequestError 400 that names the first invalid field
 */
export function readSubmission(body: string): Submission {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new RequestError(400, `body: got ${body.length} characters that are not JSON; allowed: JSON`);
  }
  const parsed = submissionSchema.safeParse(json, { reportInput: true, error: describeAllowed });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? issue.path.join('.') : 'body';
  throw new RequestError(400, `${field}: got ${shorten(issue?.input)}; allowed: ${issue?.message}`);
}

function describeAllowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return issue.values.join(', ');
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
  }
  return undefined;
}

/** Shortens a value for an error message, which must not contain a document. */
function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 80 ? text : `${typeof value} of ${text.length} characters`;
}

function namedAsDotNetReads(settings: unknown): unknown {
  if (settings === undefined || settings === null) return {};
  if (typeof settings !== 'object' || Array.isArray(settings)) return settings;
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}
