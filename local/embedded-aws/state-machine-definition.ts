import { z } from 'zod';
import { UnsupportedError } from './unsupported-error.ts';

/** A state machine definition, with the fields that all states share. */
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
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

const everyState = ['Comment', 'OutputPath', 'Type'];
const transition = ['End', 'Next'];

/**
 * The types of states, and their fields, that are known to run as on AWS. The engine silently
 * ignores other fields, such as HeartbeatSeconds, or runs them differently.
 */
const SUPPORTED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Choice: [...everyState, 'Choices', 'Default'],
  Fail: ['Cause', 'CausePath', 'Comment', 'Error', 'Type'],
  Pass: [...everyState, ...transition, 'Parameters', 'Result', 'ResultPath'],
  Succeed: everyState,
  Task: [...everyState, ...transition, 'Parameters', 'Resource', 'ResultPath', 'Retry', 'TimeoutSeconds'],
  Wait: [...everyState, ...transition, 'Seconds', 'SecondsPath'],
};

/** The parts of the context object that are as on AWS. */
const SUPPORTED_CONTEXT = ['Execution.Id', 'Execution.Input', 'Execution.StartTime'];

/** The rules that the engine evaluates as AWS does. Other operators accept values of any type. */
const choiceRuleSchema: z.ZodType = z.union([
  z.strictObject({ And: z.array(z.lazy(() => choiceRuleSchema)), Next: z.string().optional() }),
  z.strictObject({ Or: z.array(z.lazy(() => choiceRuleSchema)), Next: z.string().optional() }),
  ...[{ BooleanEquals: z.boolean() }, { IsPresent: z.literal(true) }, { StringEquals: z.string() }].map(
    (test) => z.strictObject({ Variable: z.string(), Next: z.string().optional(), ...test }),
  ),
]);

/** AWS's default timeout of a Task state. The engine's is 60 seconds. */
const DEFAULT_TASK_TIMEOUT_SECONDS = 99_999_999;

/**
 * Checks that the engine runs a definition as AWS does.
 *
 * @throws UnsupportedError that names the state and the field
 */
export function readDefinition(document: unknown): Definition {
  const parsed = definitionSchema.safeParse(document);
  if (!parsed.success) {
    throw new UnsupportedError(`The state machine cannot run locally: ${z.prettifyError(parsed.error)}`);
  }
  const states = Object.entries(parsed.data.States).map(
    ([name, state]) => [name, readState(name, state)] as const,
  );
  return { ...parsed.data, States: Object.fromEntries(states) };
}

function readState(name: string, state: State): State {
  const refuse = (reason: string): never => {
    throw new UnsupportedError(`State "${name}", ${reason}`);
  };
  const fields = SUPPORTED_FIELDS[state.Type];
  if (fields === undefined) {
    return refuse(`Type: got ${state.Type}; allowed: ${Object.keys(SUPPORTED_FIELDS).join(', ')}`);
  }
  for (const field of Object.keys(state)) {
    if (!fields.includes(field))
      refuse(`field of a ${state.Type}: got ${field}; allowed: ${fields.join(', ')}`);
  }
  checkExpressions(state, refuse);

  const { Choices = [], Result = true, ResultPath = null, Type } = state;
  if (ResultPath !== null) refuse(`ResultPath: got ${ResultPath}; allowed: null`);
  // The engine ignores such a Result.
  if (!Result) refuse(`Result: got ${JSON.stringify(Result)}; allowed: truthy values`);
  if (!z.array(choiceRuleSchema).safeParse(Choices).success) {
    const allowed = 'And, Or, BooleanEquals, IsPresent: true, StringEquals';
    refuse(`Choices: got ${JSON.stringify(Choices)}; allowed: rules of ${allowed}`);
  }
  return Type === 'Task' ? { TimeoutSeconds: DEFAULT_TASK_TIMEOUT_SECONDS, ...state } : state;
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
  const [call] = /States\.\w+/.exec(expression) ?? [];
  if (call !== undefined) refuse(`${field}: got the function ${call}; allowed: paths`);
  for (const [path] of expression.matchAll(/\$\$[\w.]*/g)) checkContextPath(path, refuse);
}

function checkContextPath(path: string, refuse: (reason: string) => never): void {
  const [, object, field] = path.split(/[.[]/);
  if (SUPPORTED_CONTEXT.includes(`${object}.${field}`)) return;
  refuse(`context object: got ${path}; allowed: ${SUPPORTED_CONTEXT.join(', ')}`);
}
