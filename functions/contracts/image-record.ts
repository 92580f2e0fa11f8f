import * as z from 'zod/mini';
import { knownSourceSchema } from './image-input.ts';
import { OPERATION_NAMES } from './operations.ts';
import { OUTCOME_NAMES } from './outcomes.ts';
import { pollingSchema } from './task-input.ts';

/** Why an image was refused. */
export const REFUSAL_REASONS = [
  /** The content is not what the operation takes, or empty. */
  'NotAnImage',
  /** The image exceeds 100 MiB. */
  'TooLarge',
  /** The operation does not take a setting or its value. */
  'SettingsInvalid',
  /** The object does not exist, has changed, or must not be read. */
  'SourceUnreadable',
  /** Aspose does not accept the request. The messages have its explanation. */
  'RefusedByVendor',
  /** Aspose does not accept the credentials. */
  'CredentialsRejected',
  /** The secret with the credentials cannot be read. */
  'CredentialsUnreadable',
  /** Aspose does not accept the request because the account's quota is used up. */
  'QuotaExceeded',
  /** Aspose accepted no request for an hour. */
  'UpstreamUnavailable',
  /** Aspose may have created tasks, but their ids are unknown, and `maxUploads` is used up. */
  'UploadUnknown',
  /** The execution was stopped before there was a task. */
  'Cancelled',
  /** ocr-courier or AWS failed. */
  'InternalError',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The state of an image: one DynamoDB item. Instants are ISO 8601 in UTC. */
export const imageRecordSchema = z.object({
  imageId: z.string(),
  generation: z.int(),
  /**
   * `AwaitingUpload`: POST /images returned a link. `Submitting`: no task exists yet. `Unknown`: an
   * upload to Aspose may have created a task, whose id is unknown. `Submitted`: the last of
   * `taskIds` is being collected. `Done`: it has ended.
   */
  state: z.enum(['AwaitingUpload', 'Submitting', 'Unknown', 'Submitted', 'Refused', 'Done']),
  /** Absent while the upload is awaited. */
  source: z.optional(knownSourceSchema),
  operation: z.enum(OPERATION_NAMES),
  /** JSON. DynamoDB cannot hold every number that a caller may have sent. */
  settings: z.optional(z.string()),
  correlation: z.optional(z.string()),
  polling: z.optional(pollingSchema),
  /** The execution that submits the image. Absent while the upload is awaited. */
  executionArn: z.optional(z.string()),
  startedAt: z.string(),
  completedAt: z.optional(z.string()),
  /** Aspose tasks of this image, oldest first. All but the last were lost. */
  taskIds: z.array(z.string()),
  /** Number of uploads to Aspose that created a task or may have. Aspose may bill each one. */
  uploads: z.int(),
  /** Number of uploads of which it is unknown whether they created a task. */
  ambiguousUploads: z.int(),
  /** When Aspose accepted the upload of the last task. */
  uploadedAt: z.optional(z.string()),
  /** Set while an upload to Aspose is under way: when its invocation ends at the latest. */
  uploadEndsAt: z.optional(z.string()),
  /** Number of uploads in a row that created no task, and the start of the first one. */
  rejections: z.int(),
  rejectedSince: z.optional(z.string()),
  nextUploadAt: z.optional(z.string()),
  reason: z.optional(z.enum(REFUSAL_REASONS)),
  /** Explanations of a refusal; of a lost task, why the image was not submitted again. */
  messages: z.array(z.string()),
  /** True when a lost task stays the last one. */
  noMoreUploads: z.optional(z.boolean()),
  /** The outcome of the last task. */
  outcome: z.optional(z.enum(OUTCOME_NAMES)),
  /** Whether close-task has published OCR Image Refused. */
  terminalEvent: z.optional(z.enum(['Pending', 'Published'])),
  /** After this instant another execution may take over an open image. */
  leaseExpiresAt: z.string(),
  /** Epoch seconds. After it the record counts as expired, even before DynamoDB deletes it. */
  expiresAt: z.int(),
  /** Number of writes. Each write is conditional on the version it was computed from. */
  version: z.int(),
});
export type ImageRecord = z.output<typeof imageRecordSchema>;
