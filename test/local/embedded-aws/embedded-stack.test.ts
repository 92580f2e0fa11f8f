import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { AwsError } from '../../../local/embedded-aws/aws-error.ts';
import { startFixture } from '../../support/fixture-assembly.ts';
import { eventsOf, linesOf } from '../../support/listening.ts';

const START = '2026-01-01T00:00:00Z';

const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

const passing = (Result: string) => ({ StartAt: 'P', States: { P: { Type: 'Pass', Result, End: true } } });

const twoMachines = {
  definition: passing('machine'),
  Other: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'Other',
      DefinitionString: JSON.stringify(passing('other')),
      RoleArn: 'arn:aws:iam::000000000000:role/Other',
    },
  },
  otherArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Other',
};

const echo = 'exports.handler = async (event) => event;';

describe('a state machine with functions', () => {
  const poll = `
    let polls = 0;
    exports.handler = async (event) => {
      polls += 1;
      console.log('poll', polls, new Date().toISOString());
      return { ...event, polls, status: polls < 4 ? 'Pending' : 'Completed', delaySeconds: 3600 };
    };`;
  const pollingLoop = {
    StartAt: 'Fetch',
    States: {
      Fetch: { Type: 'Task', Resource: '%Poll%', Next: 'Done?' },
      'Done?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.status', StringEquals: 'Completed', Next: 'Publish' }],
        Default: 'Wait',
      },
      Wait: { Type: 'Wait', SecondsPath: '$.delaySeconds', Next: 'Fetch' },
      Publish: {
        Type: 'Task',
        Resource: 'arn:aws:states:::events:putEvents',
        Parameters: { Entries: [{ Source: 'test', DetailType: 'Done', Detail: { 'polls.$': '$.polls' } }] },
        ResultPath: null,
        End: true,
      },
    },
  };

  it('polls for hours of virtual time', async () => {
    const clock = new VirtualClock(START);
    const stack = await startFixture({ functions: { Poll: poll }, definition: pollingLoop }, { clock });
    const events = eventsOf(stack);
    const lines = linesOf(stack);

    const { executionArn } = await stack.startExecution({ input: { taskId: 't' } });
    const execution = await stack.executionEnded(executionArn);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { taskId: 't', polls: 4 } });
    expect(clock.now()).toBe(Date.parse('2026-01-01T03:00:00Z'));
    expect(lines).toEqual([
      'Poll: poll 1 2026-01-01T00:00:00.000Z',
      'Poll: poll 2 2026-01-01T01:00:00.000Z',
      'Poll: poll 3 2026-01-01T02:00:00.000Z',
      'Poll: poll 4 2026-01-01T03:00:00.000Z',
    ]);
    expect(events.map((event) => event.source)).toEqual(['aws.states', 'test', 'aws.states']);
    expect(events[1]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Done',
      source: 'test',
      account: '000000000000',
      time: '2026-01-01T03:00:00Z',
      region: 'us-east-1',
      resources: [executionArn, execution.stateMachineArn],
      detail: { polls: 4 },
    });
  });

  it('fails with the errorType of its function, and the whole response as the cause', async () => {
    const stack = await startFixture({
      functions: { Work: 'exports.handler = async () => { throw new RangeError("too far"); };' },
      definition: { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: '%Work%', End: true } } },
    });

    const { executionArn } = await stack.startExecution({});
    const { status, error, cause = '' } = await stack.executionEnded(executionArn);

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'RangeError' });
    expect(JSON.parse(cause)).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    });
  });

  it.each([
    ['EventBridge rejects its event', '[]', undefined, 'FailedEntry', 'MalformedDetail'],
    [
      'refuseEvents rejects its event',
      '{}',
      () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'x' }] }),
      'FailedEntry',
      'InternalFailure',
    ],
    [
      'refuseEvents throws',
      '{}',
      () => {
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      },
      'ThrottlingException',
      'Rate exceeded',
    ],
  ])('fails with an error of EventBridge when %s', async (_, Detail, refuseEvents, error, cause) => {
    const publish = {
      Type: 'Task',
      Resource: 'arn:aws:states:::events:putEvents',
      Parameters: { Entries: [{ Source: 'test', DetailType: 'Done', Detail }] },
      End: true,
    };
    const definition = { StartAt: 'P', States: { P: publish } };
    const stack = await startFixture({ definition }, { refuseEvents });

    const { executionArn } = await stack.startExecution({});

    expect(await stack.executionEnded(executionArn)).toMatchObject({
      status: 'FAILED',
      error: `EventBridge.${error}`,
      cause: expect.stringContaining(cause),
    });
  });
});

describe('the stack', () => {
  it('gives its functions the endpoints that routeOf returns', async () => {
    const stack = await startFixture(
      {
        functions: { Show: 'exports.handler = async () => process.env;' },
        definition: { StartAt: 'S', States: { S: { Type: 'Task', Resource: '%Show%', End: true } } },
      },
      { routeOf: async (service, url) => `${url}/${service}` },
    );

    const { executionArn } = await stack.startExecution({});
    const { output } = await stack.executionEnded(executionArn);

    const { endpoint } = stack.clientConfig('states');
    expect(output).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: `${stack.clientConfig('dynamodb').endpoint}/dynamodb`,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `${endpoint}/events`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `${endpoint}/secretsmanager`,
      AWS_ENDPOINT_URL_SFN: `${endpoint}/states`,
    });
  });

  it('runs two executions at the same time in two environments', async () => {
    const stack = await startFixture({
      functions: {
        Id: `exports.handler = () => new Promise((resolve) => setTimeout(resolve, 30, require('node:worker_threads').threadId));`,
      },
      definition: { StartAt: 'Id', States: { Id: { Type: 'Task', Resource: '%Id%', End: true } } },
    });

    const started = await Promise.all([stack.startExecution({}), stack.startExecution({})]);
    const ended = await Promise.all(started.map(({ executionArn }) => stack.executionEnded(executionArn)));

    expect(new Set(ended.map(({ output }) => output)).size).toBe(2);
  });

  it('settles after the deliveries that follow the end of an execution', async () => {
    const stack = await startFixture({
      functions: { Close: 'exports.handler = async (event) => { console.log(event.detail.status); };' },
      definition: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      resources: {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: { source: ['aws.states'], detail: { status: [{ 'anything-but': 'RUNNING' }] } },
            Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Close', 'Arn'] } }],
          },
        },
      },
    });
    const lines = linesOf(stack);

    await stack.startExecution({});
    await stack.settled();

    expect(lines).toEqual(['Close: SUCCEEDED']);
  });

  it('reports a failed delivery to listeners, and when it settles', async () => {
    const fault = new Error('no thread');
    const stack = await startFixture(
      {
        functions: { Close: echo },
        resources: {
          Rule: {
            Type: 'AWS::Events::Rule',
            Properties: {
              EventPattern: { source: ['aws.states'] },
              Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Close', 'Arn'] } }],
            },
          },
        },
        definition: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      },
      {
        startEnvironment: () => {
          throw fault;
        },
      },
    );

    const faults: unknown[] = [];
    const stopListening = stack.onFault((received) => faults.push(received));
    await stack.startExecution({});

    await expect(stack.settled()).rejects.toThrow('failed in the embedded AWS');
    await expect(stack.settled()).resolves.toBeUndefined();
    // One for the start of the execution, one for its end.
    expect(faults).toEqual([fault, fault]);
    stopListening();
    await stack.startExecution({});
    await expect(stack.settled()).rejects.toThrow('failed in the embedded AWS');
    expect(faults).toHaveLength(2);
  });

  it('rejects a start without a state machine, or with an unknown one', async () => {
    const stack = await startFixture({});

    await expect(stack.startExecution({})).rejects.toThrow(
      'stateMachineArn: got none; allowed: one of 0 state machines',
    );
    await expect(stack.startExecution({ stateMachineArn: 'x' })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  it('runs two state machines, whose executions and events name their own machine', async () => {
    const { Other, otherArn, definition } = twoMachines;
    const stack = await startFixture({ definition, resources: { Other } });
    const events = eventsOf(stack);

    await expect(stack.startExecution({})).rejects.toThrow('allowed: one of 2 state machines');
    const ended = await Promise.all(
      [stack.resource('Machine').arn, otherArn].map(async (stateMachineArn) => {
        const { executionArn } = await stack.startExecution({ stateMachineArn, name: 'same' });
        return await stack.executionEnded(executionArn);
      }),
    );
    await stack.settled();

    expect(ended.map(({ output }) => output)).toEqual(['machine', 'other']);
    const succeeded = events.filter(({ detail }) => Object(detail).status === 'SUCCEEDED');
    expect(succeeded.map(({ detail }) => Object(detail).stateMachineArn).toSorted()).toEqual(
      [stack.resource('Machine').arn, otherArn].toSorted(),
    );
    expect(() => stack.resource('AWS::StepFunctions::StateMachine')).toThrow('which names 2');
  });

  it('names its resources when another one is requested', async () => {
    const stack = await startFixture({ definition: waiting });

    expect(() => stack.resource('Machin')).toThrow(
      'allowed: one of Machine (AWS::StepFunctions::StateMachine)',
    );
  });

  it('closes while an execution is running, and publishes no more events', async () => {
    const stack = await startFixture({
      functions: { Hang: 'exports.handler = () => new Promise(() => {});' },
      definition: { StartAt: 'Hang', States: { Hang: { Type: 'Task', Resource: '%Hang%', End: true } } },
    });
    const { executionArn } = await stack.startExecution({});
    const events = eventsOf(stack);

    await stack.close();

    expect(await stack.executionEnded(executionArn)).toMatchObject({ status: 'ABORTED' });
    expect(events).toEqual([]);
  });
});
