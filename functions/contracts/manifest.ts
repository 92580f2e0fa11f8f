import * as z from 'zod/mini';
import { OPERATION_NAMES } from './operations.ts';
import { OUTCOME_NAMES, REASONS } from './outcomes.ts';
import { storedResultSchema } from './task-record.ts';

/** Key prefix of documents and manifests. */
export const DOCUMENTS_PREFIX = 'results/';

/** Name of a manifest, next to the documents of its task. */
export const MANIFEST_FILE = 'manifest.json';

/** `manifest.json` next to a task's documents: every result, however many there are. */
export const manifestSchema = z.object({
  version: z.literal('1'),
  taskId: z.string(),
  operation: z.enum(OPERATION_NAMES),
  generation: z.int(),
  outcome: z.enum(OUTCOME_NAMES),
  reason: z.optional(z.enum(REASONS)),
  trial: z.boolean(),
  partial: z.boolean(),
  empty: z.boolean(),
  responseStatusCode: z.nullable(z.string()),
  bucket: z.string(),
  results: z.array(storedResultSchema),
  messages: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type Manifest = z.output<typeof manifestSchema>;
