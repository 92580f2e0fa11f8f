import { z } from 'zod';
import { RequestError } from './request-problem.ts';

/** The vendor's values of `resultType`. */
export const RESULT_TYPES = [
  'Text',
  'Pdf',
  'TextAndPdf',
  'Hocr',
  'TextAndHocr',
  'PdfAndHocr',
  'TextAndPdfAndHocr',
  'ImagePNG',
  'JSON',
] as const;

export type ResultType = (typeof RESULT_TYPES)[number];

/** The vendor's values of `resultTypeTable`, which tables have in place of `resultType`. */
export const TABLE_RESULT_TYPES = ['Text', 'Excel', 'Csv', 'CsvAndExcel'] as const;

const DSR_MODES = [
  'Regions',
  'DsrNoFilter',
  'DsrAndFilter',
  'NoDsrNoFilter',
  'TextDetector',
  'DsrPlusDetector',
  'PolygonalTextDetector',
  'LineDetector',
] as const;

const DSR_CONFIDENCES = ['Default', 'Low', 'LowMid', 'Mid', 'MidHigh', 'High', 'Ultra', 'All'] as const;

const pixels = z.int().nonnegative();
const flag = z.boolean().default(false);

const regionSchema = z.object({
  rect: z
    .object({ topLeftX: pixels, topLeftY: pixels, bottomRightX: pixels, bottomRightY: pixels })
    .refine((rect) => rect.topLeftX < rect.bottomRightX && rect.topLeftY < rect.bottomRightY, {
      error: 'the top left corner must lie above and left of the bottom right corner',
    }),
  order: z.int(),
});

/** A part of an image to recognise on its own, in pixels; the bottom right corner lies just outside it. */
export type Region = z.infer<typeof regionSchema>;

/**
 * The settings of every operation in one schema (source: the vendor's OpenAPI file). As a .NET server would, it
 * takes a name with either first letter (`Rotate`, `rotate`), null for absent, and settings unknown to it.
 *
 * The flags are off where absent. `makeSpellCheck`, `dsrMode`, `dsrConfidence` and `resultTypeTable` are checked
 * and then ignored: the local engine has nothing like them.
 */
const settingsSchema = z.preprocess(
  namedAsDotNetReads,
  z.object({
    language: z.string().default('English'),
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
    const bytes = Buffer.from(text, 'base64');
    // Node skips what is not base64, so only bytes that encode to the same text again were sent as base64.
    if (bytes.toString('base64') === text) return bytes;
    context.addIssue('expected base64');
    return z.NEVER;
  }),
  settings: settingsSchema,
});

/** An image sent in, and how to recognise it. */
export type Submission = z.infer<typeof submissionSchema>;

/** Reads the body of a submit; throws a `RequestError` (400) that names the first wrong field. */
export function readSubmission(body: string): Submission {
  const parsed = submissionSchema.safeParse(parseJson(body), {
    reportInput: true,
    error: (issue) => (issue.code === 'invalid_type' ? `expected ${issue.expected}` : undefined),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? issue.path.join('.') : 'body';
  throw new RequestError(400, `${field}: ${issue?.message}, got ${briefly(issue?.input)}.`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RequestError(400, `body: expected JSON, got ${body.length} characters that are not.`);
  }
}

/** A value in a few words: never a document, whatever the field. */
function briefly(value: unknown): string {
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
