import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod/mini';
import { LISTS_PREFIX } from '../contracts/batch-keys.ts';
import { type ImageSource, imageInputSchema } from '../contracts/image-input.ts';
import { SUBMITTED_DETAIL_TYPE } from '../contracts/task-event.ts';
import { taskSubmissionSchema } from '../contracts/task-input.ts';
import { batchOfList, type ListObjectPorts } from '../core/batch/list-object.ts';
import { type StartBatchPorts, startBatch } from '../core/batch/start-batch.ts';
import { type InboxPorts, imageInInbox } from '../core/inbox-object.ts';
import { InvalidInput, parseInput } from '../core/invalid-input.ts';
import { type StartCollectionPorts, startCollection } from '../core/start-collection.ts';
import { type StartRecognitionPorts, startRecognition } from '../core/start-recognition.ts';
import { BatchConflict, ImageConflict, TaskConflict } from '../core/task-errors.ts';
import { type DeliveredMessage, unwrapMessage } from '../handlers/redriven-event.ts';

export interface StartExecutionsDependencies {
  readonly ports: StartCollectionPorts &
    StartRecognitionPorts &
    InboxPorts &
    StartBatchPorts &
    ListObjectPorts;
  /** Sends an event to the queue of refused requests, with the reason. */
  readonly refuse: (event: unknown, reason: Error) => Promise<void>;
  readonly logger: Logger;
}

const batchSchema = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** The fields of an event that are read. The rules have matched source and detail-type. */
const submittedEventSchema = z.object({
  'detail-type': z.literal(SUBMITTED_DETAIL_TYPE),
  time: z.iso.datetime(),
  detail: z.optional(z.unknown()),
});
const objectCreatedSchema = z.object({
  'detail-type': z.literal('Object Created'),
  time: z.iso.datetime(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), etag: z.string(), 'version-id': z.optional(z.string()) }),
  }),
});
const eventSchema = z.discriminatedUnion('detail-type', [submittedEventSchema, objectCreatedSchema]);

/** Errors of requests that can never start anything. */
const REFUSALS = [InvalidInput, TaskConflict, ImageConflict, BatchConflict];

/**
 * Handles messages of the queue for starts: events `OCR Task Submitted`, and objects created in the
 * inbox or below `lists/`. A request that can never start anything goes to the queue of refused
 * requests; any other error returns its message to the queue.
 */
export function createHandler({ ports, refuse, logger }: StartExecutionsDependencies) {
  async function start(event: unknown): Promise<void> {
    const parsed = z.safeParse(eventSchema, event);
    if (!parsed.success)
      throw new InvalidInput('event', 'another event', 'OCR Task Submitted, or Object Created');
    const requestedAt = Date.parse(parsed.data.time);
    if (parsed.data['detail-type'] === SUBMITTED_DETAIL_TYPE) {
      const task = parseInput(taskSubmissionSchema, parsed.data.detail, 'detail');
      const collection = await startCollection({ task, requestedAt }, ports);
      log(collection, { taskId: task.taskId, operation: task.operation });
      return;
    }
    const { bucket, object } = parsed.data.detail;
    const { key, etag, 'version-id': versionId } = object;
    const pinned = versionId === undefined ? { etag } : { versionId };
    const source = { bucket: bucket.name, key, ...pinned };
    if (key.startsWith(LISTS_PREFIX)) await startListed(source);
    else await startInInbox(source, requestedAt);
  }

  async function startListed(source: ImageSource): Promise<void> {
    const listed = await batchOfList(source, ports);
    if (listed === undefined) return;
    const started = await startBatch(listed, ports);
    log(started, { batchId: listed.batchId });
  }

  async function startInInbox(source: ImageSource, requestedAt: number): Promise<void> {
    const found = await imageInInbox(source, ports);
    if (found === undefined) return;
    const image = parseInput(imageInputSchema, found);
    const recognition = await startRecognition({ image, requestedAt }, ports);
    const imageId = recognition.kind === 'Recorded' ? recognition.record.imageId : undefined;
    log(recognition, { imageId, operation: image.operation });
  }

  function log(started: object, what: object): void {
    const isNew = 'isNew' in started && started.isNew === true;
    logger.info(isNew ? 'Started' : 'Had been started before', { ...what });
  }

  /** Returns whether the message is done with. */
  async function handleMessage({ event, isRedriven }: DeliveredMessage): Promise<boolean> {
    try {
      await start(event);
      return true;
    } catch (error) {
      const isRefusal = REFUSALS.some((type) => error instanceof type);
      if (!isRefusal || !(error instanceof Error)) {
        logger.error('Start failed', { error });
        return false;
      }
      logger.info('Refused', { because: error.message });
      // A message of that queue stays there, or it would come again and again.
      return !isRedriven && (await tryToRefuse(event, error));
    }
  }

  /** A failure returns one message to the queue, not the whole batch. */
  async function tryToRefuse(event: unknown, reason: Error): Promise<boolean> {
    try {
      await refuse(event, reason);
      return true;
    } catch (error) {
      logger.error('Refusal failed', { error });
      return false;
    }
  }

  async function handle(batch: unknown): Promise<SQSBatchResponse> {
    const { Records } = z.parse(batchSchema, batch);
    const failures = await Promise.all(
      Records.map(async ({ messageId, body }) =>
        (await handleMessage(unwrapMessage(body))) ? [] : [{ itemIdentifier: messageId }],
      ),
    );
    return { batchItemFailures: failures.flat() };
  }

  return middy<unknown, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ onError: ({ error }) => logger.error('Start executions failed', { error }) })
    .handler(handle);
}
