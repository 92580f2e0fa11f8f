import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';
import { createFixtureMachine, oneState, responding, taskArn } from '../../support/fixture-machine.ts';

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

describe('a definition is rejected, and the error names state and field, with', () => {
  it.each([
    ['JSONata for the machine', { ...pass({}), QueryLanguage: 'JSONata' }, /QueryLanguage/],
    ['JSONata for a state', pass({ QueryLanguage: 'JSONata' }), /"Only", field of a Pass: got QueryLanguage/],
    ['JSONata output', pass({ Output: '{% 1 %}' }), /got Output/],
    ['variables', pass({ Assign: { x: 1 } }), /got Assign/],
    ['a heartbeat', task({ HeartbeatSeconds: 5 }), /field of a Task: got HeartbeatSeconds/],
    ['a Map', oneState({ Type: 'Map', ItemProcessor: pass({}) }), /Type: got Map; allowed: Choice, Fail/],
    ['a Parallel', oneState({ Type: 'Parallel', Branches: [pass({})] }), /Type: got Parallel/],
    [
      'an unknown resource',
      oneState({ Type: 'Task', Resource: taskArn('other') }),
      /Resource: got arn:aws:lambda:.*:other; allowed/,
    ],
    [
      'a .sync integration',
      oneState({ Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2' }),
      /startExecution\.sync:2; allowed/,
    ],
    [
      'a task token',
      oneState({ Type: 'Task', Resource: 'arn:aws:states:::events:putEvents.waitForTaskToken' }),
      /waitForTaskToken; allowed/,
    ],
    [
      'an intrinsic function that strips backslashes',
      pass({ Parameters: { 'a.$': 'States.JsonToString($)' } }),
      /a\.\$: got the function States\.JsonToString/,
    ],
    [
      'one nested in another',
      pass({ Parameters: { 'a.$': "States.Array(States.Format('{}', $.b))" } }),
      /got the function States\.Format/,
    ],
    [
      'one in a path',
      oneState({ Type: 'Wait', SecondsPath: 'States.MathAdd(1, 2)' }),
      /SecondsPath: got the function States\.MathAdd; allowed: none/,
    ],
    [
      'an unknown part of the context',
      pass({ Parameters: { 'n.$': '$$.State.RetryCount' } }),
      /context object: got \$\$\.State\.RetryCount/,
    ],
    ['the context as a whole', pass({ InputPath: '$$' }), /context object: got \$\$;/],
    ['a falsy Result', pass({ Result: 0 }), /Result: got 0/],
    [
      'a ResultPath with brackets',
      pass({ Result: 1, ResultPath: "$['a b']" }),
      /ResultPath: got \$\['a b'\]/,
    ],
    [
      'a StringMatches with more than *',
      choice({ Variable: '$', StringMatches: 'a?' }),
      /StringMatches: got "a\?"/,
    ],
    ['a missing target', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, /B/],
    ['a misspelled field', pass({ Resutl: 1 }), /got Resutl/],
    ['a definition without states', {}, /StartAt/],
  ])('%s', (_, definition, message) => {
    const load = () => createFixtureMachine(definition, { work: responding() });

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
  ])('%j matches %j: %s', async (rule, input, expected) => {
    const { run } = createFixtureMachine(choice(rule));

    const execution = await run(input);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: expected });
  });
});

it('replaces the whole input with a ResultPath of "$"', async () => {
  const { run } = createFixtureMachine(pass({ Result: { b: 2 }, ResultPath: '$' }));

  expect((await run({ a: 1 })).output).toEqual({ b: 2 });
});

it('computes supported intrinsic functions', async () => {
  const { run } = createFixtureMachine(pass({ Parameters: { 'sum.$': 'States.MathAdd($.a, 2)' } }));

  expect((await run({ a: 1 })).output).toEqual({ sum: 3 });
});
