import * as z from 'zod/mini';
import { settingChoiceSchema } from '../../cli/setting-choices.ts';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { loggedPollSchema } from '../logged-poll.ts';
import { loggedUploadSchema } from '../logged-upload.ts';

/** GET /local/search?q=&limit=. */
export { type SearchHit, type SearchHits, searchHitsSchema } from '../search/search-hits.ts';

/** Schemas of the responses under `/local/`, which only the page uses. */

/** An operation that the vendor supports, and what it takes. */
const operationChoiceSchema = z.object({
  name: z.enum(OPERATION_NAMES),
  input: z.enum(['image', 'pdf', 'djvu', 'text']),
  resultTypes: z.array(z.string()),
  /** Empty for an operation without settings. */
  languages: z.array(z.string()),
  /** Further settings. */
  settings: z.array(settingChoiceSchema),
});
export type OperationChoice = z.output<typeof operationChoiceSchema>;

/** GET /local/choices. */
export const choicesSchema = z.object({ operations: z.array(operationChoiceSchema) });
export type Choices = z.output<typeof choicesSchema>;

/** POST /local/recognize: the task that was submitted. Its collection has started. */
export const recognizedSchema = z.object({ taskId: z.string() });
export type Recognized = z.output<typeof recognizedSchema>;

/** POST /local/batches/{batchId}/images: the key of the image. A batch of it starts separately. */
export const storedImageSchema = z.object({ key: z.string() });
export type StoredImage = z.output<typeof storedImageSchema>;

/** An item of a batch that is not Completed. */
const batchFailureSchema = z.object({
  /** The name of its file, or its task id. */
  name: z.string(),
  taskId: z.optional(z.string()),
  outcome: z.string(),
  reason: z.optional(z.string()),
  messages: z.array(z.string()),
});
export type BatchFailure = z.output<typeof batchFailureSchema>;

/** Maximum number of listed failures. A batch may have a million. */
export const MAX_LISTED_FAILURES = 100;

/** GET /local/batches/{batchId}/failures: the first items that are not Completed. */
export const batchFailuresSchema = z.object({ total: z.int(), failures: z.array(batchFailureSchema) });
export type BatchFailures = z.output<typeof batchFailuresSchema>;

/** GET /local/tasks/{taskId}/polls: the polls of a task so far, oldest first. */
export const pollsSchema = z.array(loggedPollSchema);

/** A server-sent event of GET /local/activity. */
export const activitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('poll'), poll: loggedPollSchema }),
  z.object({ kind: z.literal('upload'), upload: loggedUploadSchema }),
  z.object({ kind: z.literal('event'), event: z.object({ 'detail-type': z.string(), detail: z.unknown() }) }),
]);
export type Activity = z.output<typeof activitySchema>;
