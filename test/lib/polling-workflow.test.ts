import validateDefinition from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { WAITING_STATUSES } from '../../functions/contracts/fetch-result.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { propertiesOf, synthesise } from '../support/synthesis.ts';

const template = synthesise();
const machine = propertiesOf(template, 'AWS::StepFunctions::StateMachine');

const choice = z.looseObject({ Next: z.string() });
const state = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Error: z.string().optional(),
  Choices: z.array(choice).optional(),
  Default: z.string().optional(),
  TimeoutSeconds: z.number().optional(),
});
const text = z.string().parse(machine['DefinitionString']);
const definition = z
  .looseObject({ StartAt: z.string(), TimeoutSeconds: z.number(), States: z.record(z.string(), state) })
  .parse(JSON.parse(text));
const { States: states } = definition;

describe('the state machine', () => {
  it('is a Standard workflow, traced, and logged without what passes through it', () => {
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
    // References become ARNs only when the stack is deployed.
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:fetch-result';
    const deployed: unknown = JSON.parse(
      text.replaceAll(/<\w+\.Arn>/g, arn).replaceAll('<AWS::Partition>', 'aws'),
    );

    expect(validateDefinition(z.looseObject({}).parse(deployed))).toMatchObject({
      isValid: true,
      errors: [],
    });
  });

  it('has states that read as prose, in three steps for a completed task', () => {
    const { StartAt } = definition;
    expect([StartAt, states[StartAt]?.Next, states['Task status?']?.Choices?.[0]?.Next]).toEqual([
      'Fetch result',
      'Task status?',
      'Publish completion',
    ]);
    expect(states['Publish completion']?.End).toBe(true);
    expect(Object.keys(states).sort()).toEqual([
      'Collected',
      'Fetch result',
      'Outcome?',
      'Publish completion',
      'Publish failure',
      'Task cancelled',
      'Task expired',
      'Task failed',
      'Task not found',
      'Task status?',
      'Task timed out',
      'Unknown outcome',
      'Unknown task status',
      'Wait before next poll',
    ]);
  });

  it('decides on the outcome first, then on the task status', () => {
    const { Choices, Default } = states['Task status?'] ?? {};

    expect(Choices?.map(({ Next }) => Next)).toEqual([
      'Publish completion',
      'Publish failure',
      'Outcome?',
      'Wait before next poll',
    ]);
    expect(Default).toBe('Unknown task status');
    expect(Choices?.[3]?.['Or']).toEqual(
      WAITING_STATUSES.map((taskStatus) => ({ Variable: '$.taskStatus', StringEquals: taskStatus })),
    );
  });

  it('waits as long as it is told, and then fetches again', () => {
    expect(states['Wait before next poll']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.delaySeconds',
      Next: 'Fetch result',
    });
  });

  it('fetches with its whole input and with who it is', () => {
    expect(states['Fetch result']).toMatchObject({
      Resource: '<FetchResult.Arn>',
      Parameters: {
        'input.$': '$$.Execution.Input',
        'executionArn.$': '$$.Execution.Id',
        'executionStartedAt.$': '$$.Execution.StartTime',
      },
    });
  });

  it.each(OUTCOME_NAMES)('ends %s with its own error, or none', (outcome) => {
    const chosen = states['Outcome?']?.Choices?.find((option) => option['StringEquals'] === outcome);
    const { error } = OUTCOMES[outcome];

    expect(states[chosen?.Next ?? '']).toMatchObject(
      error === null
        ? { Type: 'Succeed', OutputPath: '$.detail' }
        : { Type: 'Fail', Error: error, CausePath: '$.cause' },
    );
  });

  it('fails by name for what it does not know', () => {
    expect(states['Unknown task status']).toMatchObject({ Type: 'Fail', Error: 'OcrTaskUnknownStatus' });
    expect(states[states['Outcome?']?.Default ?? '']).toMatchObject({
      Type: 'Fail',
      Error: 'OcrTaskUnknownOutcome',
    });
  });

  it('publishes the detail as an object, with the detail-type that comes with it', () => {
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

  it('repeats what AWS may get right the next time, for two minutes, waits an hour for a turn, and never repeats what the caller got wrong', () => {
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

  it('nests its time-outs: function, task, machine; and outlives every result', () => {
    const lambda = propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult');
    const task = states['Fetch result']?.TimeoutSeconds ?? 0;

    expect(lambda['Timeout']).toBe(300);
    expect(task).toBe(330);
    expect(definition.TimeoutSeconds).toBeGreaterThanOrEqual(86_400 + task);
    for (const { Type, TimeoutSeconds } of Object.values(states)) {
      if (Type === 'Task') expect(TimeoutSeconds).toBeGreaterThan(0);
    }
  });

  it('is JSONPath throughout, which every local engine runs', () => {
    expect(text).not.toMatch(/JSONata|\{%|"Assign"|"Arguments"|"Output"/);
  });

  it('may call its function, publish to its bus, trace and log, and no more', () => {
    const policy = propertiesOf(template, 'AWS::IAM::Policy', 'Workflow');

    expect(policy['PolicyDocument']).toMatchObject({
      Statement: [
        { Action: 'lambda:InvokeFunction', Resource: ['<FetchResult.Arn>', '<FetchResult.Arn>:*'] },
        { Action: 'events:PutEvents', Resource: '<EventsBus.Arn>' },
        { Action: expect.arrayContaining(['logs:CreateLogDelivery']), Resource: '*' },
        {
          Action: [
            'xray:PutTraceSegments',
            'xray:PutTelemetryRecords',
            'xray:GetSamplingRules',
            'xray:GetSamplingTargets',
          ],
          Resource: '*',
        },
      ],
    });
  });
});
