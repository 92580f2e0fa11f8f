import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';
import { startQueuePoller } from './queue-poller.ts';
import type { S3AndSqs } from './s3-and-sqs.ts';
import { readBatchItemFailures, sqsEvent } from './sqs-event.ts';
import { type ReceivedMessage, receiveAll, type SqsQueue } from './sqs-queue.ts';
import type { Resource, Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** Number of batches that Lambda delivers at the same time before it scales up. */
const DEFAULT_CONCURRENCY = 5;

const unsupported = z.never('is not supported').optional();
const mappingSchema = z.object({
  BatchSize: z.number().min(1).max(10, 'at most 10, because batching windows are not supported').default(10),
  Enabled: z.boolean().default(true),
  EventSourceArn: z.string(),
  FilterCriteria: unsupported,
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumBatchingWindowInSeconds: z.literal(0, 'batching windows are not supported').optional(),
  ProvisionedPollerConfig: unsupported,
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.number().min(2).optional() }).default({}),
});
/** Its default is that of Lambda. */
const functionSchema = z.object({ Timeout: z.number().default(3) });

export interface EventSourceMappingsOptions {
  readonly template: Template;
  readonly clock: Clock;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly queues: Pick<S3AndSqs, 'queue'>;
  /** Receives the deliveries of enabled mappings. */
  readonly onWork: (work: Promise<void>) => void;
  /** Ends the polling of enabled mappings. */
  readonly signal: AbortSignal;
}

/** The mappings from queues to functions. */
export interface EventSourceMappings {
  /** Starts to poll the queues of the enabled mappings. */
  start(): void;
  /**
   * Delivers each message of a disabled mapping's queue once, as Lambda does after an operator
   * enables the mapping. Delivered messages are deleted. Failed messages stay in flight until the
   * next drain.
   */
  drain(uuid: string): Promise<void>;
}

interface Mapping {
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly maxConcurrency: number;
  readonly queue: SqsQueue;
  /** Returns the messages that failed. */
  readonly deliver: (batch: readonly ReceivedMessage[]) => Promise<readonly ReceivedMessage[]>;
}

/**
 * Reads the event source mappings of the template.
 *
 * @throws UnsupportedError for a mapping that Lambda rejects, or whose queue or function is not in
 * the stack
 */
export function readEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { clock, onWork, signal } = options;
  const mappings = new Map(
    options.template
      .resources('AWS::Lambda::EventSourceMapping')
      .map((resource) => [resource.name, readMapping(options, resource)]),
  );
  // Their function's environment has ended with the process that received them.
  for (const { queue } of mappings.values()) queue.releaseAll();

  return {
    start() {
      for (const { isEnabled, ...mapping } of mappings.values()) {
        if (isEnabled) startQueuePoller({ ...mapping, clock, onWork, signal });
      }
    },
    async drain(uuid) {
      const mapping = mappings.get(uuid);
      if (mapping === undefined || mapping.isEnabled) {
        const disabled = [...mappings].filter(([, { isEnabled }]) => !isEnabled).map(([name]) => name);
        throw new Error(`disabled event source mapping: got ${uuid}; allowed: ${disabled.join(', ')}`);
      }
      const { queue, batchSize, deliver } = mapping;
      queue.releaseAll();
      // Received before the first delivery, because a function may send messages to this queue.
      for (const batch of receiveAll(queue, batchSize)) {
        const failed = new Set(await deliver(batch));
        for (const received of batch) if (!failed.has(received)) queue.delete(received.receiptHandle);
      }
    },
  };
}

function readMapping(options: EventSourceMappingsOptions, resource: Resource): Mapping {
  const { template, functions, queues, signal } = options;
  const properties = template.read(resource, mappingSchema);
  const { EventSourceArn, FunctionName, FunctionResponseTypes } = properties;
  const source = template.resources('AWS::SQS::Queue').find(({ arn }) => arn === EventSourceArn);
  const target = template
    .resources('AWS::Lambda::Function')
    .find(({ arn, name }) => [arn, name].includes(FunctionName));
  const lambdaFunction = functions.get(target?.arn ?? '');
  if (source === undefined || target === undefined || lambdaFunction === undefined) {
    const got = `got a mapping from ${EventSourceArn} to ${FunctionName}`;
    throw new UnsupportedError(`${resource.logicalId}: ${got}; allowed: a queue and function of the stack`);
  }
  const queue = queues.queue(source.name);
  const timeoutMilliseconds = template.read(target, functionSchema).Timeout * 1000;
  if (queue.visibilityTimeoutMilliseconds < timeoutMilliseconds) {
    const got = `got ${queue.visibilityTimeoutMilliseconds / 1000} s`;
    throw new UnsupportedError(
      `${source.logicalId}, VisibilityTimeout: ${got}; allowed by Lambda: at least the function's Timeout`,
    );
  }
  const reportsFailures = FunctionResponseTypes.length > 0;

  return {
    isEnabled: properties.Enabled,
    batchSize: properties.BatchSize,
    maxConcurrency: properties.ScalingConfig.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
    queue,
    async deliver(batch) {
      try {
        const response = await lambdaFunction.invokeWhenFree(sqsEvent(batch, queue));
        return reportsFailures ? readBatchItemFailures(response, batch) : [];
      } catch (error) {
        // The functions of a closing stack end.
        if (error instanceof LambdaFunctionError || signal.aborted) return batch;
        throw error;
      }
    },
  };
}
