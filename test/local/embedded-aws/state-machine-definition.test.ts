import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';
import { answering, createFixtureMachine, oneState, taskArn } from '../../support/fixture-machine.ts';

const task = (more: object) => oneState({ Type: 'Task', Resource: taskArn('work'), ...more });
const pass = (more: object) => oneState({ Type: 'Pass', ...more });

function choice(rule: object) {
  return {
    StartAt: 'Choose',
    States: {
      Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    },
  };
}

describe('refused as it is loaded, naming state and field:', () => {
  it.each([
    ['JSONata for the machine', { ...pass({}), QueryLanguage: 'JSONata' }, /QueryLanguage/],
    [
      'JSONata for a state',
      pass({ QueryLanguage: 'JSONata' }),
      /"Only".*QueryLanguage is not obeyed in a Pass/,
    ],
    ['JSONata output', pass({ Output: '{% 1 %}' }), /Output is not obeyed/],
    ['variables', pass({ Assign: { x: 1 } }), /Assign is not obeyed/],
    ['a heartbeat', task({ HeartbeatSeconds: 5 }), /HeartbeatSeconds is not obeyed in a Task/],
    ['a Map', oneState({ Type: 'Map', ItemProcessor: pass({}) }), /its Type is Map; served are Choice, Fail/],
    ['a Parallel', oneState({ Type: 'Parallel', Branches: [pass({})] }), /its Type is Parallel/],
    [
      'an unknown resource',
      oneState({ Type: 'Task', Resource: taskArn('other') }),
      /its Resource is arn:aws:lambda:.*:other; served are/,
    ],
    [
      'a .sync integration',
      oneState({ Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2' }),
      /startExecution\.sync:2; served are/,
    ],
    [
      'a task token',
      oneState({ Type: 'Task', Resource: 'arn:aws:states:::events:putEvents.waitForTaskToken' }),
      /waitForTaskToken; served are/,
    ],
    [
      'an intrinsic function that strips backslashes',
      pass({ Parameters: { 'a.$': 'States.JsonToString($)' } }),
      /a\.\$ calls States\.JsonToString/,
    ],
    [
      'one nested in another',
      pass({ Parameters: { 'a.$': "States.Array(States.Format('{}', $.b))" } }),
      /calls States\.Format/,
    ],
    [
      'one in a path',
      oneState({ Type: 'Wait', SecondsPath: 'States.MathAdd(1, 2)' }),
      /SecondsPath calls States\.MathAdd/,
    ],
    [
      'an unknown part of the context',
      pass({ Parameters: { 'n.$': '$$.State.RetryCount' } }),
      /\$\$\.State\.RetryCount is not in the embedded context/,
    ],
    ['the context as a whole', pass({ InputPath: '$$' }), /\$\$ is not in the embedded context/],
    ['a falsy Result', pass({ Result: 0 }), /Result is 0, which the engine takes for none/],
    ['a ResultPath with brackets', pass({ Result: 1, ResultPath: "$['a b']" }), /ResultPath is \$\['a b'\]/],
    [
      'a StringMatches with more than *',
      choice({ Variable: '$', StringMatches: 'a?' }),
      /StringMatches "a\?" has more/,
    ],
    ['a missing target', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, /B/],
    ['a misspelt field', pass({ Resutl: 1 }), /Resutl is not obeyed/],
    ['a definition without states', {}, /StartAt/],
  ])('%s', (_, definition, message) => {
    const load = () => createFixtureMachine(definition, { work: answering() });

    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(message);
  });
});

describe('a choice compares as AWS does:', () => {
  it.each([
    [{ Variable: '$.a', IsPresent: false }, {}, 'yes'],
    [{ Variable: '$.a', IsPresent: false }, { a: null }, 'no'],
    [{ Variable: '$.a', IsPresent: true }, { a: null }, 'yes'],
    [{ Variable: '$.a', IsNull: false }, { a: 1 }, 'yes'],
    [{ Not: { Variable: '$.a', IsString: false } }, { a: 'x' }, 'yes'],
    [{ Variable: '$.a', NumericLessThan: 5 }, { a: 4 }, 'yes'],
    [{ Variable: '$.a', NumericLessThan: 5 }, { a: '4' }, 'no'],
    [{ Variable: '$.a', NumericGreaterThanEquals: 0 }, { a: null }, 'no'],
    [{ Variable: '$.a', NumericLessThanPath: '$.b' }, { a: 1, b: 2 }, 'yes'],
    [{ Variable: '$.a', StringGreaterThan: '5' }, { a: 6 }, 'no'],
    [{ Variable: '$.a', StringMatches: 'log-*.txt' }, { a: 'log-1.txt' }, 'yes'],
    [{ Variable: '$.a', StringMatches: '*' }, { a: 1 }, 'no'],
    [{ Variable: '$.a', TimestampLessThan: '2026-01-01T00:00:00Z' }, { a: '2025' }, 'no'],
    [{ Variable: '$.a', TimestampLessThan: '2026-01-01T00:00:00Z' }, { a: '2025-01-01T00:00:00Z' }, 'yes'],
    [
      {
        And: [
          { Variable: '$.a', IsPresent: true },
          { Variable: '$.b', IsPresent: false },
        ],
      },
      { a: 1 },
      'yes',
    ],
    [
      {
        Or: [
          { Variable: '$.a', IsPresent: false },
          { Variable: '$.a', NumericEquals: 1 },
        ],
      },
      { a: 1 },
      'yes',
    ],
  ])('%j of %j is %s', async (rule, input, expected) => {
    const { run } = createFixtureMachine(choice(rule));

    const execution = await run(input);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: expected });
  });
});

it('a ResultPath of "$" replaces the whole', async () => {
  const { run } = createFixtureMachine(pass({ Result: { b: 2 }, ResultPath: '$' }));

  expect((await run({ a: 1 })).output).toEqual({ b: 2 });
});

it('served intrinsic functions are computed', async () => {
  const { run } = createFixtureMachine(pass({ Parameters: { 'sum.$': 'States.MathAdd($.a, 2)' } }));

  expect((await run({ a: 1 })).output).toEqual({ sum: 3 });
});
