import { z } from 'zod';
import { readChoiceRules } from './choice-rules.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** A state machine definition, as far as all states are alike. */
export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number | undefined;
  readonly States: Readonly<Record<string, State>>;
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
 * The fields of each type of state that the engine obeys. Anything else it would pass over in silence:
 * HeartbeatSeconds, Credentials, and all of JSONata. Map and Parallel are left out: in their branches the engine
 * gives a wrong `$$.Execution.Input`, and goes on calling tasks after an abort.
 */
const SERVED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Choice: [...everyState, 'Choices', 'Default'],
  Fail: ['Cause', 'CausePath', 'Comment', 'Error', 'ErrorPath', 'Type'],
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

/** Parts of the context object that are as on AWS; the engine knows no others. */
const SERVED_CONTEXT =
  /^\$\$\.(Execution\.(Id|Input|Name|RoleArn|StartTime)|StateMachine\.(Id|Name)|State\.(EnteredTime|Name))\b/;

/**
 * Intrinsic functions that the engine computes as AWS does. It strips every backslash from the strings that the
 * others give, and decodes Base64 as Latin-1.
 */
const SERVED_INTRINSICS = [
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

/** Seconds that a task may run when its state does not say: AWS's default, in place of the engine's 60. */
const DEFAULT_TASK_TIMEOUT_SECONDS = 99_999_999;

/**
 * Checks a definition against what the engine runs as AWS does, and rewrites what it would run otherwise into an
 * equivalent that it runs right.
 *
 * @throws UnsupportedError naming the state and the field.
 */
export function readDefinition(document: unknown): Definition {
  const parsed = definitionSchema.safeParse(document);
  if (!parsed.success) {
    throw new UnsupportedError(`The state machine cannot be run locally: ${z.prettifyError(parsed.error)}`);
  }
  const states = Object.entries(parsed.data.States).map(
    ([name, state]) => [name, readState(name, state)] as const,
  );
  return { ...parsed.data, States: Object.fromEntries(states) };
}

function readState(name: string, state: State): State {
  const refuse = (why: string): never => {
    throw new UnsupportedError(`The state "${name}" cannot be run locally: ${why}.`);
  };
  const served = SERVED_FIELDS[state.Type];
  if (served === undefined) {
    return refuse(`its Type is ${state.Type}; served are ${Object.keys(SERVED_FIELDS).join(', ')}`);
  }
  for (const field of Object.keys(state)) {
    if (!served.includes(field))
      refuse(`${field} is not obeyed in a ${state.Type}, only ${served.join(', ')}`);
  }
  checkExpressions(state, refuse);

  const { ResultPath, ...others } = state;
  if (typeof ResultPath === 'string' && !/^\$(\.\w+)*$/.test(ResultPath)) {
    refuse(`its ResultPath is ${ResultPath}; only field names after "$." are understood`);
  }
  // To the engine "$" is the name of a field, not the whole.
  const normalised: State =
    ResultPath === undefined || ResultPath === '$' ? { ...others, Type: state.Type } : state;
  const { Choices, Result = true, Type } = normalised;
  if (!Result) refuse(`its Result is ${JSON.stringify(Result)}, which the engine takes for none`);
  if (Type === 'Choice') {
    return { ...normalised, Choices: readChoiceRules(Choices, refuse) };
  }
  if (Type === 'Task' && !('TimeoutSeconds' in state || 'TimeoutSecondsPath' in state)) {
    return { ...normalised, TimeoutSeconds: DEFAULT_TASK_TIMEOUT_SECONDS };
  }
  return normalised;
}

/** Checks the paths and intrinsic functions in all of a state's fields. */
function checkExpressions(value: unknown, refuse: (why: string) => never): void {
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

function checkExpression(field: string, expression: string, refuse: (why: string) => never): void {
  // The engine computes functions in payload templates only.
  const served = field.endsWith('.$') ? SERVED_INTRINSICS : [];
  for (const [call] of expression.matchAll(/States\.\w+/g)) {
    if (!served.includes(call)) {
      refuse(`${field} calls ${call}; computed as on AWS are ${served.join(', ') || 'none there'}`);
    }
  }
  for (const [path] of expression.matchAll(/\$\$[\w.]*/g)) checkContextPath(path, refuse);
}

function checkContextPath(path: string, refuse: (why: string) => never): void {
  if (!SERVED_CONTEXT.test(path)) refuse(`${path} is not in the embedded context object`);
}
