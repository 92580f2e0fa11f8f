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
      'an intrinsic function',
      pass({ Parameters: { 'a.$': 'States.MathAdd($.b, 2)' } }),
      /a\.\$: got the function States\.MathAdd/,
    ],
    [
      'one in a path',
      oneState({ Type: 'Wait', SecondsPath: 'States.MathAdd(1, 2)' }),
      /SecondsPath: got the/,
    ],
    [
      'an unknown part of the context',
      pass({ Parameters: { 'n.$': '$$.State.RetryCount' } }),
      /context object: got \$\$\.State\.RetryCount/,
    ],
    ['the context as a whole', pass({ OutputPath: '$$' }), /context object: got \$\$;/],
    ['a falsy Result', pass({ Result: 0 }), /Result: got 0/],
    ['a ResultPath', pass({ Result: 1, ResultPath: '$.b' }), /ResultPath: got \$\.b; allowed: null/],
    ['a numeric rule', choice({ Variable: '$.a', NumericLessThan: 5 }), /Choices: got .*"NumericLessThan"/],
    ['a negated test', choice({ Variable: '$.a', IsPresent: false }), /allowed: .*IsPresent: true/],
    ['two operators', choice({ Variable: '$.a', IsPresent: true, StringEquals: 'x' }), /Choices: got/],
    [
      'a nested rule',
      choice({ Or: [{ Not: { Variable: '$.a', IsPresent: true } }] }),
      /Choices: got .*"Not"/,
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
  const bIsPresent = { Variable: '$.b', IsPresent: true };

  it.each([
    [{ Variable: '$.a', IsPresent: true }, {}, 'no'],
    [{ Variable: '$.a', IsPresent: true }, { a: null }, 'yes'],
    [{ Variable: '$.a', StringEquals: '5' }, { a: 5 }, 'no'],
    [{ Variable: '$.a', StringEquals: '5' }, { a: '5' }, 'yes'],
    [{ Variable: '$.a', BooleanEquals: true }, { a: 'true' }, 'no'],
    [{ And: [bIsPresent, { Variable: '$.a', BooleanEquals: true }] }, { a: true }, 'no'],
    [{ Or: [bIsPresent, { Variable: '$.a', BooleanEquals: true }] }, { a: true }, 'yes'],
  ])('%j matches %j: %s', async (rule, input, expected) => {
    const { run } = createFixtureMachine(choice(rule));

    const execution = await run(input);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: expected });
  });
});
