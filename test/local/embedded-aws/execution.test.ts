import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { startFixture } from '../../support/fixture-assembly.ts';
import { eventsOf } from '../../support/listening.ts';

const START = '2026-01-01T00:00:00Z';

const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

describe('an execution publishes its status', () => {
  it('RUNNING and then SUCCEEDED, in the format of AWS', async () => {
    const stack = await startFixture({ definition: waiting }, { clock: new VirtualClock(START) });
    const events = eventsOf(stack);

    const { executionArn } = await stack.startExecution({ input: { a: 1 }, name: 'n' });
    await stack.settled();

    const [running, succeeded] = events;
    const common = {
      executionArn,
      stateMachineArn: stack.resource('Machine').arn,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      name: 'n',
      startDate: Date.parse(START),
      input: '{"a":1}',
      inputDetails: { included: true },
      error: null,
      cause: null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus: 'NOT_REDRIVABLE',
    };
    expect(running).toMatchObject({
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      resources: [executionArn],
      time: '2026-01-01T00:00:00Z',
    });
    expect(running?.detail).toEqual({
      ...common,
      status: 'RUNNING',
      stopDate: null,
      output: null,
      outputDetails: null,
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
    expect(succeeded?.detail).toEqual({
      ...common,
      status: 'SUCCEEDED',
      stopDate: Date.parse(START) + 3_600_000,
      output: '{"a":1}',
      outputDetails: { included: true },
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });

  it('ABORTED, with error and cause', async () => {
    const stack = await startFixture({ definition: waiting });
    const events = eventsOf(stack);

    const { executionArn } = await stack.startExecution({});
    await stack.stopExecution(executionArn, 'Cancelled', 'by hand');

    expect(events.at(-1)?.detail).toMatchObject({
      status: 'ABORTED',
      error: 'Cancelled',
      cause: 'by hand',
      output: null,
      redriveStatus: 'REDRIVABLE',
    });
  });
});
