import validateDefinition from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { WAITING_STATUSES } from '../../functions/contracts/fetch-result.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { propertiesOf, synthesize } from '../support/synthesis.ts';
import { collectResult, recognizeImage, stateMachineOf, template } from './state-machine.ts';

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
const CLOSES = { ErrorEquals: ['States.ALL'], Next: 'Close task' };

describe.each([
  { id: 'CollectResult', machine: collectResult, uploads: 1 },
  { id: 'RecognizeImage', machine: recognizeImage, uploads: 2 },
])('the state machine $id', ({ id, machine: { properties, text, definition }, uploads }) => {
  const { States: states } = definition;
  const throttled = throttledUpTo(uploads);

  it('is a traced Standard workflow whose logs contain no execution data', () => {
    expect(properties).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `<${id}Logs.Arn>` } }],
      },
    });
  });

  it('is valid Amazon States Language', () => {
    // References become ARNs only on deployment.
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:fetch-result';
    const deployed: unknown = JSON.parse(
      text.replaceAll(/<\w+\.Arn>/g, arn).replaceAll('<AWS::Partition>', 'aws'),
    );

    expect(validateDefinition(z.looseObject({}).parse(deployed))).toMatchObject({
      isValid: true,
      errors: [],
    });
  });

  it('checks the outcome first, then the task status', () => {
    const { Choices = [], Default } = states['Task status?'] ?? {};

    expect(Choices.map(({ Next }) => Next).slice(0, 4)).toEqual([
      'Publish completion',
      'Publish failure',
      'Outcome?',
      'Wait before next poll',
    ]);
    expect(Default).toBe('Unknown task status');
    expect(Choices[3]?.['Or']).toEqual(
      WAITING_STATUSES.map((taskStatus) => ({ Variable: '$.fetch.taskStatus', StringEquals: taskStatus })),
    );
  });

  it('waits for delaySeconds, then invokes the function once more', () => {
    expect(states['Wait before next poll']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.fetch.delaySeconds',
      Next: 'Fetch result',
    });
  });

  it('keeps its task while it polls', () => {
    expect(states['Fetch result']).toMatchObject({ Resource: '<FetchResult.Arn>', ResultPath: '$.fetch' });
  });

  it.each(OUTCOME_NAMES)('ends with the error of the outcome %s', (outcome) => {
    const chosen = states['Outcome?']?.Choices?.find((option) => option['StringEquals'] === outcome);
    const { error } = OUTCOMES[outcome];

    expect(states[chosen?.Next ?? '']).toMatchObject(
      error === null
        ? { Type: 'Succeed', OutputPath: '$.fetch.detail' }
        : { Type: 'Fail', Error: error, CausePath: '$.fetch.cause' },
    );
  });

  it('fails with a named error for an unknown task status or outcome', () => {
    expect(states['Unknown task status']).toMatchObject({ Type: 'Fail', Error: 'OcrTaskUnknownStatus' });
    expect(states[states['Outcome?']?.Default ?? '']).toMatchObject({
      Type: 'Fail',
      Error: 'OcrTaskUnknownOutcome',
    });
  });

  it('publishes the detail as an object under the detail-type from the function', () => {
    for (const [state, OutputPath] of [
      ['Publish completion', '$.fetch.detail'],
      ['Publish failure', '$'],
    ] as const) {
      expect({ OutputPath: '$', ...states[state] }).toMatchObject({
        Resource: 'arn:<AWS::Partition>:states:::events:putEvents',
        Parameters: {
          Entries: [
            {
              EventBusName: '<EventsBus.Arn>',
              Source: 'ocr-courier',
              'DetailType.$': '$.fetch.detailType',
              'Detail.$': '$.fetch.detail',
            },
          ],
        },
        ResultPath: null,
        OutputPath,
      });
    }
  });

  it('retries AWS faults for two minutes and throttling for twelve hours, but no caller errors', () => {
    expect(states['Fetch result']?.['Retry']).toEqual([
      {
        ErrorEquals: ['InvalidInput', 'TaskConflict', 'ImageConflict', 'OcrImageRefused'],
        MaxAttempts: 0,
      },
      throttled,
      AWS_FAULT,
    ]);
    expect(states['Close task']?.['Retry']).toEqual([throttled, AWS_FAULT]);
    expect(states['Publish completion']?.['Retry']).toEqual([AWS_FAULT]);
    expect(states['Publish failure']?.['Retry']).toEqual([AWS_FAULT]);
  });

  it('closes the task when a state fails, except when the execution owns none', () => {
    expect(states['Fetch result']?.['Catch']).toEqual([
      { ErrorEquals: ['InvalidInput', 'TaskConflict', 'ImageConflict'], Next: 'Execution failed' },
      CLOSES,
    ]);
    expect(states['Publish completion']?.['Catch']).toEqual([CLOSES]);
    expect(states['Publish failure']?.['Catch']).toEqual([CLOSES]);
    expect(states['Close task']).toMatchObject({
      Resource: '<EventsCloseTask.Arn>',
      Parameters: {
        'executionArn.$': '$$.Execution.Id',
        'executionStartedAt.$': '$$.Execution.StartTime',
        'input.$': '$$.Execution.Input',
        'error.$': '$.Error',
      },
      ResultPath: null,
      Next: 'Execution failed',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.closing', Next: 'Execution failed' }],
    });
  });

  it('fails with the error and cause of the state that failed', () => {
    expect(states['Execution failed']).toEqual({ Type: 'Fail', ErrorPath: '$.Error', CausePath: '$.Cause' });
  });

  it('has a timeout longer than its tasks, whose timeout is longer than that of the function', () => {
    const lambda = propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult');
    const task = states['Fetch result']?.TimeoutSeconds ?? 0;

    expect(lambda['Timeout']).toBe(480);
    expect(task).toBe(510);
    // 24 hours of polling for each task, after an hour of rejected uploads.
    const perTask = id === 'CollectResult' ? 24 * 3600 : 25 * 3600;
    expect(definition.TimeoutSeconds).toBeGreaterThanOrEqual(uploads * (perTask + task));
    for (const { Type, TimeoutSeconds } of Object.values(states)) {
      if (Type === 'Task') expect(TimeoutSeconds).toBeGreaterThan(0);
    }
  });

  it('uses only JSONPath, which every local engine supports', () => {
    expect(text).not.toMatch(/JSONata|\{%|"Assign"|"Arguments"|"Output"/);
  });
});

describe('the state Submit image', () => {
  const { StartAt, States: states } = recognizeImage.definition;
  const submit = states['Submit image'];

  it('submits the image first, and again when its task is lost', () => {
    expect(StartAt).toBe('Submit image');
    expect(states['Task status?']?.Choices?.slice(4)).toEqual([
      { Variable: '$.fetch.taskStatus', StringEquals: 'Lost', Next: 'Submit image' },
    ]);
    expect(submit).toMatchObject({
      Resource: '<SubmitImage.Arn>',
      Parameters: {
        'input.$': '$$.Execution.Input',
        'executionArn.$': '$$.Execution.Id',
        'executionStartedAt.$': '$$.Execution.StartTime',
      },
      Next: 'Fetch result',
    });
  });

  it('retries a postponed upload for a day, and no refused image', () => {
    expect(submit?.['Retry']).toEqual([
      {
        ErrorEquals: ['InvalidInput', 'TaskConflict', 'ImageConflict', 'OcrImageRefused'],
        MaxAttempts: 0,
      },
      {
        ErrorEquals: ['UploadPostponed'],
        IntervalSeconds: 20,
        BackoffRate: 1.5,
        MaxDelaySeconds: 300,
        MaxAttempts: 600,
        JitterStrategy: 'FULL',
      },
      throttledUpTo(2),
      AWS_FAULT,
    ]);
  });

  it('closes an image that is refused or fails', () => {
    expect(submit?.['Catch']).toEqual([
      { ErrorEquals: ['InvalidInput', 'TaskConflict', 'ImageConflict'], Next: 'Execution failed' },
      CLOSES,
    ]);
  });

  it('gives the function less time to submit than the state', () => {
    const { Timeout } = propertiesOf(template, 'AWS::Lambda::Function', 'SubmitImage');

    expect(submit?.TimeoutSeconds).toBeGreaterThan(Number(Timeout));
  });
});

it('Collect result passes its input, ARN and start time to the function', () => {
  expect(collectResult.definition.StartAt).toBe('Fetch result');
  expect(collectResult.definition.States['Fetch result']?.['Parameters']).toEqual({
    'task.$': '$$.Execution.Input',
    'executionArn.$': '$$.Execution.Id',
    'startedAt.$': '$$.Execution.StartTime',
  });
});

it('Recognize image passes the task, the image and the time of the upload to the function', () => {
  expect(recognizeImage.definition.States['Fetch result']?.['Parameters']).toEqual({
    'task.$': '$.task',
    'image.$': '$.image',
    'executionArn.$': '$$.Execution.Id',
    'startedAt.$': '$.startedAt',
  });
});

it('Recognize image retries throttled invocations the more rarely the more uploads it may make', () => {
  const { definition } = stateMachineOf('RecognizeImage', synthesize({ maxUploads: 5 }));

  expect(definition.States['Fetch result']?.['Retry']).toContainEqual(
    expect.objectContaining({ MaxDelaySeconds: 300, MaxAttempts: 288 }),
  );
});
