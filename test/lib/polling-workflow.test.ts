import validateDefinition from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { WAITING_STATUSES } from '../../functions/contracts/fetch-result.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { propertiesOf } from '../support/synthesis.ts';
import { definition, machine, template, definitionText as text } from './state-machine.ts';

const { States: states } = definition;

describe('the state machine', () => {
  it('is a traced Standard workflow whose logs contain no execution data', () => {
    expect(machine).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: '<WorkflowLogs.Arn>' } }],
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

    expect(Choices.map(({ Next }) => Next)).toEqual([
      'Publish completion',
      'Publish failure',
      'Outcome?',
      'Wait before next poll',
    ]);
    expect(Default).toBe('Unknown task status');
    expect(Choices[3]?.['Or']).toEqual(
      WAITING_STATUSES.map((taskStatus) => ({ Variable: '$.taskStatus', StringEquals: taskStatus })),
    );
  });

  it('waits for delaySeconds, then invokes the function once more', () => {
    expect(states['Wait before next poll']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.delaySeconds',
      Next: 'Fetch result',
    });
  });

  it('passes its input, ARN and start time to the function', () => {
    expect(states['Fetch result']).toMatchObject({
      Resource: '<WorkflowFetchResult.Arn>',
      Parameters: {
        'input.$': '$$.Execution.Input',
        'executionArn.$': '$$.Execution.Id',
        'executionStartedAt.$': '$$.Execution.StartTime',
      },
    });
  });

  it.each(OUTCOME_NAMES)('ends with the error of the outcome %s', (outcome) => {
    const chosen = states['Outcome?']?.Choices?.find((option) => option['StringEquals'] === outcome);
    const { error } = OUTCOMES[outcome];

    expect(states[chosen?.Next ?? '']).toMatchObject(
      error === null
        ? { Type: 'Succeed', OutputPath: '$.detail' }
        : { Type: 'Fail', Error: error, CausePath: '$.cause' },
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
    for (const id of ['Publish completion', 'Publish failure']) {
      expect(states[id]).toMatchObject({
        Resource: 'arn:<AWS::Partition>:states:::events:putEvents',
        Parameters: {
          Entries: [
            {
              EventBusName: '<EventsBus.Arn>',
              Source: 'ocr-courier',
              'DetailType.$': '$.detailType',
              'Detail.$': '$.detail',
            },
          ],
        },
        ResultPath: null,
      });
    }
  });

  it('retries AWS faults for two minutes and throttling for twelve hours, but no caller errors', () => {
    const awsFault = {
      ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
      IntervalSeconds: 2,
      BackoffRate: 2,
      MaxAttempts: 6,
      JitterStrategy: 'FULL',
    };

    expect(states['Fetch result']?.['Retry']).toEqual([
      { ErrorEquals: ['InvalidInput', 'TaskConflict'], MaxAttempts: 0 },
      {
        ErrorEquals: ['Lambda.TooManyRequestsException'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        MaxAttempts: 1440,
        JitterStrategy: 'FULL',
      },
      awsFault,
    ]);
    expect(states['Publish completion']?.['Retry']).toEqual([awsFault]);
    expect(states['Publish failure']?.['Retry']).toEqual([awsFault]);
  });

  it('closes the task when a state fails, except when the execution owns none', () => {
    const closes = { ErrorEquals: ['States.ALL'], Next: 'Close task' };

    expect(states['Fetch result']?.['Catch']).toEqual([
      { ErrorEquals: ['InvalidInput', 'TaskConflict'], Next: 'Execution failed' },
      closes,
    ]);
    expect(states['Publish completion']?.['Catch']).toEqual([closes]);
    expect(states['Publish failure']?.['Catch']).toEqual([closes]);
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

  it('has a timeout longer than its task, whose timeout is longer than that of the function', () => {
    const lambda = propertiesOf(template, 'AWS::Lambda::Function', 'WorkflowFetchResult');
    const task = states['Fetch result']?.TimeoutSeconds ?? 0;

    expect(lambda['Timeout']).toBe(480);
    expect(task).toBe(510);
    expect(definition.TimeoutSeconds).toBeGreaterThanOrEqual(86_400 + task);
    for (const { Type, TimeoutSeconds } of Object.values(states)) {
      if (Type === 'Task') expect(TimeoutSeconds).toBeGreaterThan(0);
    }
  });

  it('uses only JSONPath, which every local engine supports', () => {
    expect(text).not.toMatch(/JSONata|\{%|"Assign"|"Arguments"|"Output"/);
  });
});
