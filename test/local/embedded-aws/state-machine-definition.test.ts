import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';
import { distributedMap } from '../../support/distributed-map.ts';
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

describe('a Distributed Map is rejected, and the error names state and field, with', () => {
  const states = { Work: { Type: 'Pass', End: true } };
  const processor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'Work' };
  const inMode = (config: object) => ({
    ItemProcessor: {
      ...processor,
      ProcessorConfig: { ...processor.ProcessorConfig, ...config },
      States: states,
    },
  });
  const reader = {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Parameters: { Bucket: 'batches', Key: 'items.jsonl' },
  };
  const reading = (more: object) => ({ ItemReader: { ...reader, ...more } });
  const selecting = (template: unknown) => ({ ItemSelector: template });

  it.each([
    [
      'batches of items',
      { ItemBatcher: { MaxItemsPerBatch: 5 } },
      /"Chunks", field of a Map: got ItemBatcher/,
    ],
    ['a result writer', { ResultWriter: {} }, /field of a Map: got ResultWriter; allowed: .*ItemReader/],
    ['items of its input', { ItemsPath: '$.items' }, /field of a Map: got ItemsPath/],
    ['parameters', { Parameters: {} }, /field of a Map: got Parameters/],
    ['the former name of its processor', { Iterator: {} }, /field of a Map: got Iterator/],
    ['a tolerated number', { ToleratedFailureCount: 1 }, /field of a Map: got ToleratedFailureCount/],
    ['a path to a percentage', { ToleratedFailurePercentagePath: '$' }, /ToleratedFailurePercentagePath/],
    ['a percentage over 100', { ToleratedFailurePercentage: 101 }, /Percentage: got 101; allowed: 0 to 100/],
    ['a negative percentage', { ToleratedFailurePercentage: -1 }, /Percentage: got -1; allowed: 0 to 100/],
    ['a text as percentage', { ToleratedFailurePercentage: '5' }, /Percentage: got 5; allowed: a number/],
    ['no label', { Label: undefined }, /"Chunks", Label: got none; allowed: a string/],
    ['a label with a colon', { Label: 'a:b' }, /Label: got a:b; allowed: 1 to 40 letters/],
    ['a fractional concurrency', { MaxConcurrency: 1.5 }, /MaxConcurrency: got 1\.5; allowed: an integer/],
    [
      'the mode INLINE',
      inMode({ Mode: 'INLINE' }),
      /ProcessorConfig\.Mode: got INLINE; allowed: DISTRIBUTED/,
    ],
    [
      'Express children',
      inMode({ ExecutionType: 'EXPRESS' }),
      /ExecutionType: got EXPRESS; allowed: STANDARD/,
    ],
    ['another processor setting', inMode({ More: 1 }), /ProcessorConfig: got More; allowed: Mode, Exec/],
    [
      'no processor setting',
      { ItemProcessor: { StartAt: 'Work', States: states } },
      /ProcessorConfig: got none; allowed: Mode, ExecutionType/,
    ],
    [
      'a timeout of children',
      { ItemProcessor: { ...processor, States: states, TimeoutSeconds: 5 } },
      /ItemProcessor: got TimeoutSeconds; allowed: Comment/,
    ],
    ['no item reader', { ItemReader: undefined }, /ItemReader: got none; allowed: Resource, ReaderConfig/],
    [
      'a list of objects as items',
      reading({ Resource: 'arn:aws:states:::s3:listObjectsV2' }),
      /ItemReader\.Resource: got arn:aws:states:::s3:listObjectsV2; allowed: arn:aws:states:::s3:getObject/,
    ],
    [
      'CSV items',
      reading({ ReaderConfig: { InputType: 'CSV' } }),
      /ReaderConfig\.InputType: got CSV; allowed: JSONL/,
    ],
    [
      'a maximum of items',
      reading({ ReaderConfig: { InputType: 'JSONL', MaxItems: 5 } }),
      /ReaderConfig: got MaxItems; allowed: InputType/,
    ],
    [
      'a version of an object',
      reading({ Parameters: { ...reader.Parameters, VersionId: '1' } }),
      /ItemReader\.Parameters: got VersionId; allowed: Bucket/,
    ],
    [
      'a function in the key',
      reading({ Parameters: { Bucket: 'b', 'Key.$': "States.Format('{}', $.k)" } }),
      /Key\.\$: got the function States\.Format/,
    ],
    ['a selector that is no object', selecting('$'), /ItemSelector: got \$; allowed: an object/],
    [
      'a part of an item',
      selecting({ 'a.$': '$$.Map.Item.Value.id' }),
      /"Chunks", context object: got \$\$\.Map\.Item\.Value\.id/,
    ],
    [
      'an item in a list',
      selecting({ list: [{ 'a.$': '$$.Map.Item.Value' }] }),
      /context object: got \$\$\.Map\.Item\.Value/,
    ],
    [
      'an item in a function',
      selecting({ 'a.$': 'States.Array($$.Map.Item.Index)' }),
      /context object: got \$\$\.Map\.Item\.Index/,
    ],
    ['the source of an item', selecting({ 'a.$': '$$.Map.Item.Source' }), /\$\$\.Map\.Item\.Source/],
    [
      'a Retry for tasks',
      { Retry: [{ ErrorEquals: ['States.TaskFailed'] }] },
      /ErrorEquals: got States\.TaskFailed; allowed: other error names/,
    ],
  ])('%s', (_, map, message) => {
    const load = () => createFixtureMachine(JSON.parse(JSON.stringify(distributedMap({ states, map }))));

    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(message);
  });

  it.each([
    [
      'a Map in a Map',
      { Type: 'Map', Label: 'Nested', End: true },
      /"Work", Type: got Map; allowed: Choice, Fail/,
    ],
    [
      'an item in a child',
      { Type: 'Pass', InputPath: '$$.Map.Item.Value', End: true },
      /"Work", context object/,
    ],
    [
      'an unknown resource',
      { Type: 'Task', Resource: taskArn('other'), End: true },
      /"Work", Resource: got arn:aws:lambda:.*:other; allowed/,
    ],
    ['a missing target', { Type: 'Pass', Next: 'B' }, /B/],
  ])('%s', (_, Work, message) => {
    const load = () => createFixtureMachine(distributedMap({ states: { Work } }));

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
