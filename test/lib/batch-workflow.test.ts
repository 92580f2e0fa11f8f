import validateDefinition from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  closeBatchEventSchema,
  closeChunkEventSchema,
  collectChunkEventSchema,
  openBatchEventSchema,
} from '../../functions/contracts/collect-batch.ts';
import { BATCH_RECORD_SECONDS } from '../../functions/core/batch/batch-record.ts';
import { propertiesOf, synthesize } from '../support/synthesis.ts';
import { collectBatch, collectChunk, stateMachineOf, template } from './state-machine.ts';

const AWS_FAULT = {
  ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
  JitterStrategy: 'FULL',
};
const throttledUpTo = (uploads: number) => ({
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxDelaySeconds: 60 * uploads,
  MaxAttempts: 1440 / uploads,
  JitterStrategy: 'FULL',
});
const FAILS = { ErrorEquals: ['States.ALL'], Next: 'Execution failed' };
/** The error replaces the state, which may have the input of the execution. */
const CLOSES = { ErrorEquals: ['States.ALL'], Next: 'Close batch' };

const { properties, text, definition } = collectBatch;
const { States: states } = definition;
const keysOf = (parameters: unknown) =>
  Object.keys(z.looseObject({}).parse(parameters))
    .map((key) => key.replace(/\.\$$/, ''))
    .sort();

describe('the state machine CollectBatch', () => {
  it('is a traced Standard workflow whose logs contain no execution data', () => {
    expect(properties).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: '<BatchesCollectBatchLogs.Arn>' } }],
      },
    });
  });

  it('is valid Amazon States Language', () => {
    // References become ARNs only on deployment.
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:open-batch';
    const deployed: unknown = JSON.parse(
      text.replaceAll(/<\w+\.Arn>/g, arn).replaceAll('<AWS::Partition>', 'aws'),
    );

    expect(validateDefinition(z.looseObject({}).parse(deployed))).toMatchObject({
      isValid: true,
      errors: [],
    });
  });

  it('uses only JSONPath, which every local engine supports', () => {
    expect(text).not.toMatch(/JSONata|\{%|"Assign"|"Arguments"|"Output"/);
  });

  it('ends before its record expires', () => {
    expect(definition.TimeoutSeconds).toBe(13 * 24 * 3600);
    expect(definition.TimeoutSeconds).toBeLessThan(BATCH_RECORD_SECONDS);
  });

  it('opens the batch, works on its chunks and closes it', () => {
    expect(definition.StartAt).toBe('Open batch');
    expect(states['Open batch']).toMatchObject({ Resource: '<BatchesOpenBatch.Arn>', Next: 'Chunks' });
    expect(states['Chunks']?.Next).toBe('Close batch');
    expect(states['Close batch']).toMatchObject({
      Resource: '<BatchesCloseBatch.Arn>',
      ResultPath: '$.closing',
      Next: 'Batch closed?',
    });
  });

  it('passes its name, ARN, start and input to open-batch, and also its state to close-batch', () => {
    const execution = {
      'batchId.$': '$$.Execution.Name',
      'executionArn.$': '$$.Execution.Id',
      'executionStartedAt.$': '$$.Execution.StartTime',
      'input.$': '$$.Execution.Input',
    };

    expect(states['Open batch']?.['Parameters']).toEqual(execution);
    expect(states['Close batch']?.['Parameters']).toEqual({ ...execution, 'state.$': '$' });
    expect(keysOf(execution)).toEqual(Object.keys(openBatchEventSchema.shape).sort());
    expect(keysOf(states['Close batch']?.['Parameters'])).toEqual(
      Object.keys(closeBatchEventSchema.shape).sort(),
    );
  });

  it('retries AWS faults and throttling, but no list or request that cannot be used', () => {
    expect(states['Open batch']?.['Retry']).toEqual([
      { ErrorEquals: ['InvalidInput', 'BatchConflict', 'OcrBatchRefused'], MaxAttempts: 0 },
      throttledUpTo(1),
      AWS_FAULT,
    ]);
    expect(states['Close batch']?.['Retry']).toEqual([throttledUpTo(1), AWS_FAULT]);
    expect(states['Chunks']?.['Retry']).toEqual([{ ...AWS_FAULT, ErrorEquals: ['States.ItemReaderFailed'] }]);
  });

  it('closes the batch when a state fails, except when the execution owns none', () => {
    expect(states['Open batch']?.['Catch']).toEqual([
      { ErrorEquals: ['InvalidInput', 'BatchConflict'], Next: 'Execution failed' },
      CLOSES,
    ]);
    expect(states['Chunks']?.['Catch']).toEqual([CLOSES]);
    expect(states['Close batch']?.['Catch']).toEqual([FAILS]);
    expect(states['Execution failed']).toEqual({ Type: 'Fail', ErrorPath: '$.Error', CausePath: '$.Cause' });
  });

  it('closes in steps until the batch is closed, and ends with its outcome', () => {
    expect(states['Batch closed?']).toEqual({
      Type: 'Choice',
      Choices: [
        { Variable: '$.closing.isClosed', BooleanEquals: false, Next: 'Close batch' },
        { Variable: '$.closing.outcome', StringEquals: 'Completed', Next: 'Batch completed' },
      ],
      Default: 'Batch failed',
    });
    expect(states['Batch completed']).toEqual({ Type: 'Succeed', OutputPath: '$.closing.detail' });
    expect(states['Batch failed']).toEqual({
      Type: 'Fail',
      Error: 'OcrBatchFailed',
      CausePath: '$.closing.cause',
    });
  });

  it.each([
    ['Open batch', 'BatchesOpenBatch'],
    ['Close batch', 'BatchesCloseBatch'],
  ])('gives %s more time than its function has', (state, id) => {
    const { Timeout } = propertiesOf(template, 'AWS::Lambda::Function', id);

    expect(states[state]?.TimeoutSeconds).toBe(Number(Timeout) + 30);
  });
});

const map = states['Chunks'];

describe('the Distributed Map', () => {
  it('starts a Standard execution for each chunk, as many at once as the batch asks for', () => {
    expect(map).toMatchObject({
      Type: 'Map',
      Label: 'Chunks',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      MaxConcurrencyPath: '$.concurrency',
      ToleratedFailurePercentage: 100,
      ResultPath: null,
    });
  });

  it('reads the chunks from the results bucket', () => {
    expect(map?.['ItemReader']).toEqual({
      Resource: 'arn:<AWS::Partition>:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: { Bucket: '<StorageResults>', 'Key.$': '$.chunksKey' },
    });
  });

  it('passes the chunk and the execution that owns its tasks', () => {
    expect(map?.['ItemSelector']).toEqual({
      'chunk.$': '$$.Map.Item.Value',
      'batchId.$': '$$.Execution.Name',
      'executionArn.$': '$$.Execution.Id',
    });
    expect([...keysOf(map?.['ItemSelector']), 'progress']).toEqual(
      Object.keys(collectChunkEventSchema.shape).sort(),
    );
  });
});

describe('the execution of a chunk', () => {
  const { StartAt, States } = collectChunk;

  it('passes its whole input to collect-chunk and adds the progress', () => {
    expect(StartAt).toBe('Collect chunk');
    expect(States['Collect chunk']).toMatchObject({
      Resource: '<BatchesCollectChunk.Arn>',
      ResultPath: '$.progress',
      Next: 'Any left?',
    });
    expect(States['Collect chunk']).not.toHaveProperty('Parameters');
  });

  it('passes its whole input to close-batch when collect-chunk has failed', () => {
    expect(States['Close chunk']).toMatchObject({
      Resource: '<BatchesCloseBatch.Arn>',
      ResultPath: '$.progress',
      Next: 'Chunk ended',
    });
    expect(States['Close chunk']).not.toHaveProperty('Parameters');
    expect(keysOf(map?.['ItemSelector'])).toEqual(Object.keys(closeChunkEventSchema.shape).sort());
  });

  it('waits for delaySeconds while items are left', () => {
    expect(States['Any left?']).toEqual({
      Type: 'Choice',
      Choices: [{ Variable: '$.progress.left', NumericGreaterThan: 0, Next: 'Wait before next round' }],
      Default: 'Chunk ended',
    });
    expect(States['Wait before next round']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.progress.delaySeconds',
      Next: 'Collect chunk',
    });
  });

  it('outputs one number, whatever happens', () => {
    expect(States['Chunk ended']).toEqual({ Type: 'Succeed', OutputPath: '$.progress.left' });
    expect(States['Collect chunk']?.['Catch']).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Close chunk' },
    ]);
    expect(States['Close chunk']?.['Catch']).toEqual([{ ErrorEquals: ['States.ALL'], Next: 'Chunk failed' }]);
    expect(States['Chunk failed']).toMatchObject({ Type: 'Pass', Result: 1, End: true });
    expect(Object.values(States).map(({ Type }) => Type)).not.toContain('Fail');
  });

  it('retries AWS faults, and throttling the more rarely the more uploads it may make', () => {
    const five = stateMachineOf('CollectBatch', synthesize({ maxUploads: 5 })).definition.States['Chunks'];

    for (const name of ['Collect chunk', 'Close chunk'])
      expect(States[name]?.['Retry']).toEqual([throttledUpTo(2), AWS_FAULT]);
    expect(JSON.stringify(five?.['ItemProcessor'])).toContain('"MaxAttempts":288');
  });

  it('has a timeout longer than that of the function', () => {
    const { Timeout } = propertiesOf(template, 'AWS::Lambda::Function', 'BatchesCollectChunk');

    expect(States['Collect chunk']?.TimeoutSeconds).toBe(Number(Timeout) + 30);
    expect(States['Close chunk']?.TimeoutSeconds).toBe(states['Close batch']?.TimeoutSeconds);
  });
});
