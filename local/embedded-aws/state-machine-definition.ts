import { z } from 'zod';
import { readChoiceRules } from './choice-rules.ts';
import { type DistributedMap, ONLY_MAP_FIELDS, readDistributedMap } from './map-definition.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** A state machine definition, with the fields that all states share. */
export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number | undefined;
  readonly States: Readonly<Record<string, State>>;
  /** The Distributed Maps, by state name. Each is a Task state in `States`. */
  readonly distributedMaps: ReadonlyMap<string, DistributedMap>;
}
export type State = Readonly<Record<string, unknown>> & { readonly Type: string };

const definitionSchema = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.number().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

const everyState = ['Comment', 'InputPath', 'OutputPath', 'Type'] as const;
const transition = ['End', 'Next'] as const;

/**
 * The fields that the engine supports in each type of state. It silently ignores others:
 * HeartbeatSeconds, Credentials, and all of JSONata. Parallel and the inline Map are missing: in
 * their branches, the engine's `$$.Execution.Input` is wrong, and tasks are still called after an
 * abort. The engine never runs a Distributed Map: a Task state replaces it.
 */
const SUPPORTED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Choice: [...everyState, 'Choices', 'Default'],
  Fail: ['Cause', 'CausePath', 'Comment', 'Error', 'ErrorPath', 'Type'],
  Map: [...everyState, ...transition, 'Catch', 'ResultPath', 'ResultSelector', 'Retry', ...ONLY_MAP_FIELDS],
  Pass: [...everyState, ...transition, 'Parameters', 'Result', 'ResultPath'],
  Succeed: everyState,
  Task: [
    ...everyState,
    ...transition,
    'Catch',
    'Parameters',
    'Resource',
    'ResultPath',
    'ResultSelector',
    'Retry',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
  ],
  Wait: [...everyState, ...transition, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
};

/** The parts of the context object that are as on AWS. The engine has no others. */
const SUPPORTED_CONTEXT = [
  'Execution.Id',
  'Execution.Input',
  'Execution.Name',
  'Execution.RoleArn',
  'Execution.StartTime',
  'State.EnteredTime',
  'State.Name',
  'StateMachine.Id',
  'StateMachine.Name',
];

/**
 * The intrinsic functions that the engine computes as AWS does. From the results of others it
 * strips every backslash, and it decodes Base64 as Latin-1.
 */
const SUPPORTED_INTRINSICS = [
  'States.Array',
  'States.ArrayContains',
  'States.ArrayLength',
  'States.ArrayPartition',
  'States.ArrayRange',
  'States.ArrayUnique',
  'States.Hash',
  'States.MathAdd',
  'States.UUID',
];

/** AWS's default timeout of a Task state. The engine's is 60 seconds. */
const DEFAULT_TASK_TIMEOUT_SECONDS = 99_999_999;

/**
 * Checks that the engine runs a definition as AWS does. Some parts that it would run differently
 * are rewritten to equivalents that it runs correctly.
 *
 * @throws UnsupportedError that names the state and the field
 */
export function readDefinition(document: unknown): Definition {
  return readStates(document, Object.keys(SUPPORTED_FIELDS));
}

/** Reads the definition of a Map's child executions. */
function readChildDefinition(document: unknown): Definition {
  return readStates(
    document,
    Object.keys(SUPPORTED_FIELDS).filter((type) => type !== 'Map'),
  );
}

function readStates(document: unknown, types: readonly string[]): Definition {
  const parsed = definitionSchema.safeParse(document);
  if (!parsed.success) {
    throw new UnsupportedError(`The state machine cannot run locally: ${z.prettifyError(parsed.error)}`);
  }
  const distributedMaps = new Map<string, DistributedMap>();
  const states = Object.entries(parsed.data.States).map(([name, state]) => {
    const refuse = (reason: string): never => {
      throw new UnsupportedError(`State "${name}", ${reason}`);
    };
    checkFields(state, types, refuse);
    if (state.Type !== 'Map') return [name, readState(state, refuse)] as const;
    const { map, task } = readDistributedMap(state, refuse, readChildDefinition);
    distributedMaps.set(name, map);
    return [name, readState(task, refuse)] as const;
  });
  return { ...parsed.data, States: Object.fromEntries(states), distributedMaps };
}

function checkFields(state: State, types: readonly string[], refuse: (reason: string) => never): void {
  const fields = SUPPORTED_FIELDS[state.Type];
  if (fields === undefined || !types.includes(state.Type)) {
    refuse(`Type: got ${state.Type}; allowed: ${types.join(', ')}`);
  }
  for (const field of Object.keys(state)) {
    if (!fields.includes(field))
      refuse(`field of a ${state.Type}: got ${field}; allowed: ${fields.join(', ')}`);
  }
}

function readState(state: State, refuse: (reason: string) => never): State {
  checkExpressions(state, refuse);

  const { ResultPath, ...others } = state;
  if (typeof ResultPath === 'string' && !/^\$(\.\w+)*$/.test(ResultPath)) {
    refuse(`ResultPath: got ${ResultPath}; allowed: field names after "$."`);
  }
  // The engine treats "$" as the name of a field.
  const normalized: State =
    ResultPath === undefined || ResultPath === '$' ? { ...others, Type: state.Type } : state;
  const { Choices, Result = true, Type } = normalized;
  // The engine ignores such a Result.
  if (!Result) refuse(`Result: got ${JSON.stringify(Result)}; allowed: truthy values`);
  if (Type === 'Choice') {
    return { ...normalized, Choices: readChoiceRules(Choices, refuse) };
  }
  if (Type === 'Task' && !('TimeoutSeconds' in state || 'TimeoutSecondsPath' in state)) {
    return { ...normalized, TimeoutSeconds: DEFAULT_TASK_TIMEOUT_SECONDS };
  }
  return normalized;
}

/** Checks the paths and intrinsic functions in all fields of a state. */
function checkExpressions(value: unknown, refuse: (reason: string) => never): void {
  if (typeof value === 'string') {
    if (value.startsWith('$$')) checkContextPath(value, refuse);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const entries: [string, unknown][] = Object.entries(value);
  for (const [field, item] of entries) {
    if (/(\.\$|Path)$/.test(field) && typeof item === 'string') checkExpression(field, item, refuse);
    checkExpressions(item, refuse);
  }
}

function checkExpression(field: string, expression: string, refuse: (reason: string) => never): void {
  // The engine computes functions only in payload templates.
  const functions = field.endsWith('.$') ? SUPPORTED_INTRINSICS : [];
  for (const [call] of expression.matchAll(/States\.\w+/g)) {
    if (!functions.includes(call)) {
      refuse(`${field}: got the function ${call}; allowed: ${functions.join(', ') || 'none'}`);
    }
  }
  for (const [path] of expression.matchAll(/\$\$[\w.]*/g)) checkContextPath(path, refuse);
}

function checkContextPath(path: string, refuse: (reason: string) => never): void {
  const [, object, field] = path.split(/[.[]/);
  if (SUPPORTED_CONTEXT.includes(`${object}.${field}`)) return;
  refuse(`context object: got ${path}; allowed: ${SUPPORTED_CONTEXT.join(', ')}`);
}
