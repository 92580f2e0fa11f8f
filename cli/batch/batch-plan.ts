import * as z from 'zod/mini';
import { batchIdSchema } from '../../functions/contracts/batch-input.ts';
import { closedObject, numberFromTo, wholeNumberFromTo } from '../../functions/contracts/schema-helpers.ts';
import { executionInputSchema, pollingSchema } from '../../functions/contracts/task-input.ts';
import { nextRetryId } from '../../functions/core/batch/retry-batch.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import { UsageError } from '../command-errors.ts';
import { type ExplainUnsupported, planRecognition } from '../plan-recognition.ts';
import { newBatchId } from './batch-id.ts';

/** The options of `batch`, as given. */
export interface BatchOptions {
  /** A directory. */
  readonly images?: string;
  readonly operation?: string;
  readonly resultType?: string;
  readonly language?: string;
  /** Each is `name=value`. */
  readonly setting?: readonly string[];
  readonly concurrency?: string;
  /** Requests per second. */
  readonly rate?: string;
  readonly polling?: unknown;
  /** The id of a batch. */
  readonly resume?: string;
  /** The id of a batch. */
  readonly retry?: string;
  readonly out?: string;
  /** A file. */
  readonly csv?: string;
  readonly json?: true;
}

/** What a batch processes and how, as far as the options say. */
export type BatchPlan =
  | {
      readonly kind: 'list';
      readonly batchId: string;
      /** A file, or `-`. */
      readonly list: string;
      readonly request: BatchFields;
    }
  | {
      readonly kind: 'images';
      readonly batchId: string;
      readonly directory: string;
      readonly request: BatchFields & { readonly settings: object };
    }
  | { readonly kind: 'resume'; readonly batchId: string }
  | { readonly kind: 'retry'; readonly batchId: string; readonly retryOf: string };

/** Fields of POST /batches. */
type BatchFields = ReturnType<typeof parseFields>;

const fieldsSchema = (maxConcurrency: number) =>
  closedObject({
    operation: executionInputSchema.shape.operation,
    polling: z.optional(pollingSchema),
    concurrency: z.optional(wholeNumberFromTo(1, maxConcurrency)),
    rate: z.optional(numberFromTo(0.1, 10_000)),
  });

/** What the courier that runs the batch supports. */
export interface BatchLimits {
  readonly maxConcurrency: number;
  readonly explainUnsupported?: ExplainUnsupported | undefined;
}

/** Options that choose a new batch. */
const NEW_BATCH_OPTIONS = [
  'images',
  'operation',
  'resultType',
  'language',
  'setting',
  'concurrency',
  'rate',
  'polling',
] as const;

/** Options that only images take. */
const IMAGE_OPTIONS = ['resultType', 'language', 'setting'] as const;

/**
 * Checks the options before anything is started.
 *
 * @throws InvalidInput naming the option, or UsageError
 */
export function planBatch(
  list: string | undefined,
  options: BatchOptions,
  { maxConcurrency, explainUnsupported }: BatchLimits,
): BatchPlan {
  const { images, resume, retry } = options;
  const given = Object.entries({ LIST: list, '--images': images, '--resume': resume, '--retry': retry })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (given.length !== 1) {
    const got = given.length === 0 ? 'nothing' : given.join(' and ');
    throw new UsageError(`batch: got ${got}; allowed: exactly one of LIST, --images, --resume and --retry`);
  }
  if (resume !== undefined || retry !== undefined) {
    const allowed = 'only with a new batch, because a batch keeps what it was started with';
    refuse(NEW_BATCH_OPTIONS, options, `a value with ${given[0]}`, allowed);
    return resume === undefined
      ? {
          kind: 'retry',
          batchId: nextRetryId(parseBatchId('retry', retry)),
          retryOf: parseBatchId('retry', retry),
        }
      : { kind: 'resume', batchId: parseBatchId('resume', resume) };
  }
  const request = parseFields(options, maxConcurrency);
  const batchId = newBatchId();
  if (images !== undefined) {
    const { operation, settings } = planRecognition(options, explainUnsupported);
    return { kind: 'images', batchId, directory: images, request: { ...request, operation, settings } };
  }
  refuse(
    IMAGE_OPTIONS,
    options,
    'a value with LIST',
    'only with --images, because the tasks of a list are submitted',
  );
  return { kind: 'list', batchId, list: list ?? '', request };
}

function parseFields({ operation, polling, concurrency, rate }: BatchOptions, maxConcurrency: number) {
  const fields = { operation, polling, concurrency: numberOf(concurrency), rate: numberOf(rate) };
  const {
    operation: parsed,
    rate: requestsPerSecond,
    ...rest
  } = parseInput(fieldsSchema(maxConcurrency), fields);
  return { operation: parsed, ...withoutUndefined({ ...rest, requestsPerSecond }) };
}

/** Returns other text as it is: the schema refuses it. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function parseBatchId(option: 'resume' | 'retry', batchId: unknown): string {
  return parseInput(closedObject({ [option]: batchIdSchema }), { [option]: batchId })[option] ?? '';
}

function refuse<Name extends keyof BatchOptions>(
  names: readonly Name[],
  options: BatchOptions,
  got: string,
  allowed: string,
): void {
  const misplaced = names.find((name) => {
    const value = options[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (misplaced !== undefined) throw new InvalidInput(misplaced, got, allowed);
}
