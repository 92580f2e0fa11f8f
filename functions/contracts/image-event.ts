import * as z from 'zod/mini';
import { knownSourceSchema } from './image-input.ts';
import { REFUSAL_REASONS } from './image-record.ts';
import { OPERATION_NAMES } from './operations.ts';

/** The detail-type of the event that ends an image without a task. */
export const IMAGE_REFUSED_DETAIL_TYPE = 'OCR Image Refused';

/** The error of an execution whose image was refused. */
export const IMAGE_REFUSED_ERROR = 'OcrImageRefused';

/** The detail of `OCR Image Refused`. An image ends with this event or with that of its task. */
export const imageRefusedDetailSchema = z.object({
  version: z.literal('1'),
  idempotencyKey: z
    .string()
    .check(
      z.describe('The same for every delivery of one refusal; it differs between generations of an image.'),
    ),
  imageId: z.string().check(z.describe('The id of GET /images/{imageId}.')),
  generation: z.int(),
  source: knownSourceSchema,
  operation: z.enum(OPERATION_NAMES),
  reason: z.enum(REFUSAL_REASONS),
  messages: z.array(z.string()).check(z.describe('Explanations of the reason, for people.')),
  uploads: z
    .int()
    .check(z.describe('Number of uploads to Aspose that may have created a task. Aspose may bill each one.')),
  completedAt: z.optional(z.string().check(z.describe('When the image was refused: ISO 8601, UTC.'))),
  correlation: z.optional(z.string().check(z.describe("The caller's own reference."))),
  executionArn: z.string(),
});
export type ImageRefusedDetail = z.output<typeof imageRefusedDetailSchema>;
