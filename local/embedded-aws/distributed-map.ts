import { z } from 'zod';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import type { Clock } from '../clock.ts';
import type { Execution } from './execution.ts';
import { type MapItem, selectItem } from './item-selector.ts';
import type { DistributedMap } from './map-definition.ts';
import {
  dataLimitExceeded,
  isTooLarge,
  type Json,
  type RunningExecution,
  TaskStateError,
  type TaskStateHandler,
} from './run-execution.ts';

/** Returns the text of an object in S3, and rejects when it cannot be read. */
export type ReadObject = (bucket: string, key: string) => Promise<string>;

export interface DistributedMapOptions {
  readonly stateName: string;
  readonly map: DistributedMap;
  readonly readObject: ReadObject;
  readonly clock: Clock;
  readonly startChild: (name: string, input: Json) => RunningExecution;
}

/** AWS's limit of concurrent child executions. Definitions without a limit have this one. */
const MAX_CONCURRENT_CHILDREN = 10_000;

/** Types a value that is known to be JSON. Checking 100,000 items would be slow. */
const jsonSchema = z.custom<Json>();

/** The evaluated parameters of the Task state that replaces a Distributed Map. */
const parametersSchema = z.object({
  object: z.object({ Bucket: z.string(), Key: z.string() }),
  maxConcurrency: z.int().nonnegative(),
  selected: jsonSchema,
});

/**
 * The Task state that replaces a Distributed Map. It starts one child execution for each line of an
 * object, in the order of lines, and returns their outputs in that order.
 */
export function distributedMapTask(options: DistributedMapOptions): TaskStateHandler {
  const { stateName, map, readObject, clock, startChild } = options;

  return async (input, execution, ending) => {
    const parsed = parametersSchema.safeParse(input);
    if (!parsed.success) {
      throw new TaskStateError('States.Runtime', z.prettifyError(parsed.error), { terminal: true });
    }
    const { object, maxConcurrency, selected } = parsed.data;
    const items = parseItems(await clock.during(readText(readObject, object)));
    const concurrency = Math.min(maxConcurrency || MAX_CONCURRENT_CHILDREN, MAX_CONCURRENT_CHILDREN);

    const inputOf = (item: MapItem): Json => {
      const childInput =
        map.itemSelector === undefined ? item.value : selectItem(selected, map.itemSelector.itemFields, item);
      if (isTooLarge(childInput)) throw dataLimitExceeded(stateName);
      return childInput;
    };
    return await runChildren({
      items,
      concurrency,
      toleratedFailures: (items.length * map.toleratedFailurePercentage) / 100,
      ending,
      // The name is unique: the children of an earlier attempt have ended.
      start: (item) => startChild(`${execution.name}-${item.index}`, inputOf(item)),
    });
  };
}

async function readText(
  readObject: ReadObject,
  object: { readonly Bucket: string; readonly Key: string },
): Promise<string> {
  try {
    return await readObject(object.Bucket, object.Key);
  } catch (error) {
    throw itemReaderFailed(`Bucket: ${object.Bucket}, Key: ${object.Key}`, error);
  }
}

function parseItems(text: string): Json[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    try {
      return jsonSchema.parse(JSON.parse(line));
    } catch (error) {
      throw itemReaderFailed(`line ${index + 1}`, error);
    }
  });
}

function itemReaderFailed(place: string, error: unknown): TaskStateError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TaskStateError('States.ItemReaderFailed', `${place}: ${reason}`);
}

interface Children {
  readonly items: readonly Json[];
  readonly concurrency: number;
  readonly toleratedFailures: number;
  /** Aborted when the parent ends. */
  readonly ending: AbortSignal;
  readonly start: (item: MapItem) => RunningExecution;
}

/** Runs all child executions. No child is running when it returns or throws. */
async function runChildren(children: Children): Promise<Json[]> {
  const { items, concurrency, toleratedFailures, ending, start } = children;
  const results: Json[] = [];
  const running = new Set<RunningExecution>();
  // All runners take their items from this iterator.
  const remaining = items.entries();
  let failures = 0;
  let isStopped = ending.aborted;

  function stop(): void {
    isStopped = true;
    for (const child of running) child.stop(undefined, undefined);
  }

  async function runRemaining(): Promise<void> {
    for (const [index, value] of remaining) {
      if (isStopped) return;
      const child = start({ index, value });
      running.add(child);
      const ended = await child.ended;
      running.delete(child);
      results[index] = resultOf(ended);
      if (ended.status !== 'SUCCEEDED') failures += 1;
      if (failures > toleratedFailures) stop();
    }
  }

  ending.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runRemaining));
  } finally {
    ending.removeEventListener('abort', stop);
    stop();
  }
  if (failures > toleratedFailures) {
    throw new TaskStateError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  }
  return results;
}

/** Returns the output of a child execution. A tolerated failure leaves the whole record instead. */
function resultOf(child: Execution): Json {
  if (child.status === 'SUCCEEDED') return z.json().parse(child.output);
  return {
    ExecutionArn: child.executionArn,
    Input: JSON.stringify(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    StartDate: child.startDate.toISOString(),
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    ...withoutUndefined({ StopDate: child.stopDate?.toISOString() }),
    ...withoutUndefined({ Error: child.error, Cause: child.cause }),
  };
}
