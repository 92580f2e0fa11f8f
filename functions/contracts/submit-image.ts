import * as z from 'zod/mini';
import { imageIdSchema, imageSourceSchema } from './image-input.ts';
import type { ExecutionInput } from './task-input.ts';

/**
 * The payload and the output of the state `Submit image`: what the state machine and its Lambda
 * exchange.
 */

/** The execution's own input, unchecked, and the execution's identity. */
export interface SubmitImageEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly executionStartedAt: string;
}

/** The image of a task, as `Fetch result` gets it. */
export const taskImageSchema = z.object({
  imageId: imageIdSchema,
  source: imageSourceSchema,
  /** Number of uploads to Aspose so far that created a task or may have. */
  uploads: z.int(),
  /** False when a lost task will be replaced by another upload. */
  isLast: z.boolean(),
  /** Maximum polls of this task: all tasks of the image share the history of one execution. */
  maxPolls: z.int(),
  /** Why a lost task is not replaced, although `maxUploads` allows it. */
  warnings: z.array(z.string()),
});
export type TaskImage = z.output<typeof taskImageSchema>;

/** The task of the image, and when its clocks start: at the end of the upload. */
export interface SubmitImageOutput {
  readonly task: ExecutionInput;
  readonly image: TaskImage;
  /** ISO 8601. */
  readonly startedAt: string;
}
