import { z } from 'zod';
import { type ItemSelector, readItemSelector } from './item-selector.ts';
import type { Definition, State } from './state-machine-definition.ts';

/** A Distributed Map state. */
export interface DistributedMap {
  readonly label: string;
  readonly toleratedFailurePercentage: number;
  /** Undefined when an item itself is the input of its child execution. */
  readonly itemSelector: ItemSelector | undefined;
  /** The definition that each child execution runs. */
  readonly child: Definition;
}

/** The fields that only a Map has, and that run here as on AWS. */
export const ONLY_MAP_FIELDS: readonly string[] = [
  'ItemProcessor',
  'ItemReader',
  'ItemSelector',
  'Label',
  'MaxConcurrency',
  'MaxConcurrencyPath',
  'ToleratedFailurePercentage',
];

/** The only Resource of an ItemReader that runs here. */
const READ_OBJECT = 'arn:aws:states:::s3:getObject';

const describe = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'));

const allowing = (allowed: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `got ${describe(input)}; allowed: ${allowed}`,
});
const only = (value: string) => z.literal(value, allowing(value));

/** An object in which no other field is allowed. */
function objectOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const allowed = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code, keys, input }) =>
      `got ${code === 'unrecognized_keys' && keys ? keys.join(', ') : describe(input)}; allowed: ${allowed}`,
  });
}

const anyText = z.string(allowing('a string')).optional();
const retriers = z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })).default([]);

const distributedMapSchema = z.looseObject({
  Label: z.string(allowing('a string')).regex(/^[\w-]{1,40}$/, allowing('1 to 40 letters, digits, - and _')),
  ItemProcessor: objectOf({
    Comment: anyText,
    ProcessorConfig: objectOf({ Mode: only('DISTRIBUTED'), ExecutionType: only('STANDARD') }),
    StartAt: anyText,
    States: z.unknown(),
  }),
  ItemReader: objectOf({
    Resource: only(READ_OBJECT),
    ReaderConfig: objectOf({ InputType: only('JSONL') }),
    Parameters: objectOf({ Bucket: anyText, 'Bucket.$': anyText, Key: anyText, 'Key.$': anyText }),
  }),
  ItemSelector: z.record(z.string(), z.unknown(), allowing('an object')).optional(),
  MaxConcurrency: z.int(allowing('an integer')).nonnegative(allowing('0 or more')).default(0),
  MaxConcurrencyPath: anyText,
  ToleratedFailurePercentage: z
    .number(allowing('a number'))
    .min(0, allowing('0 to 100'))
    .max(100, allowing('0 to 100'))
    .default(0),
  Catch: retriers,
  Retry: retriers,
});

/** A Distributed Map, and the Task state that the engine runs in its place. */
interface ReadDistributedMap {
  readonly map: DistributedMap;
  readonly task: State;
}

/**
 * Reads a Distributed Map. The engine evaluates all its templates and paths as parameters of a Task
 * state, and the handler of that state runs the child executions.
 *
 * @param refuse throws for a feature that does not run here
 * @param readChild reads the definition of the child executions
 */
export function readDistributedMap(
  state: State,
  refuse: (reason: string) => never,
  readChild: (definition: unknown) => Definition,
): ReadDistributedMap {
  const parsed = distributedMapSchema.safeParse(state);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { ItemProcessor, ItemReader, ItemSelector, MaxConcurrency, MaxConcurrencyPath, ...others } =
    parsed.data;
  const { Label, ToleratedFailurePercentage, Catch, Retry } = others;
  // The error name matches failures of Task states only. The engine would match those of this Map.
  if ([...Catch, ...Retry].some(({ ErrorEquals }) => ErrorEquals.includes('States.TaskFailed'))) {
    refuse('ErrorEquals: got States.TaskFailed; allowed: other error names');
  }
  const { ProcessorConfig: _, ...child } = ItemProcessor;
  const itemSelector = ItemSelector && readItemSelector(ItemSelector);
  return {
    map: {
      label: Label,
      toleratedFailurePercentage: ToleratedFailurePercentage,
      itemSelector,
      child: readChild(child),
    },
    task: {
      ...Object.fromEntries(Object.entries(state).filter(([field]) => !ONLY_MAP_FIELDS.includes(field))),
      Type: 'Task',
      Resource: READ_OBJECT,
      Parameters: {
        object: ItemReader.Parameters,
        ...(MaxConcurrencyPath === undefined
          ? { maxConcurrency: MaxConcurrency }
          : { 'maxConcurrency.$': MaxConcurrencyPath }),
        selected: itemSelector?.template ?? {},
      },
    },
  };
}
