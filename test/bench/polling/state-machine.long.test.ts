import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INVOCATION_SECONDS } from '../../../bench/polling/assumptions.ts';
import { courierSchedule } from '../../../bench/polling/courier-schedule.ts';
import type { PollingOverrides } from '../../../functions/core/polling-policy.ts';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';
import { newTaskId, startTestCourier, type TestCourier } from '../../support/courier.ts';
import { completed, pending } from '../../support/responses.ts';

let courier: TestCourier;
beforeAll(async () => {
  courier = await startTestCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

// Policies with which chance cannot change what is counted.
describe('the simulation counts what the state machine does', () => {
  it.each<[string, number, PollingOverrides]>([
    ['is found at the first poll', 1, {}],
    ['is found by the first invocation', 9, {}],
    ['is polled outside the first invocation', 6, { holdSeconds: 0, firstPollDelaySeconds: 3 }],
    ['runs out of polls', Number.POSITIVE_INFINITY, { holdSeconds: 0, maxPolls: 5 }],
    ['runs out of polls while it is held', Number.POSITIVE_INFINITY, { maxPolls: 12 }],
  ])('of a task that %s', async (_, foundAtPoll, polling) => {
    const taskId = newTaskId();
    const scripted = foundAtPoll === Number.POSITIVE_INFINITY ? [] : [completed('whale')];
    courier.simulator.script(taskId, [...Array(Math.min(20, foundAtPoll - 1)).fill(pending), ...scripted]);
    const { usage } = await courierSchedule('this', polling).collect({
      isFinished: (_atSeconds, attempt) => attempt === foundAtPoll,
      random: () => 0.5,
    });

    const { execution, record } = await courier.collect({ taskId, polling });

    const states = execution.history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);
    expect({
      stateTransitions: states.length,
      invocations: states.filter((state) => state === 'Fetch result').length,
      recordWrites: record?.version,
      polls: courier.simulator.requests.filter((request) => request.taskId === taskId).length,
      objectsPut: (await courier.keys()).filter((key) => key.includes(`/${taskId}/`)).length,
    }).toEqual({
      stateTransitions: usage.stateTransitions,
      invocations: usage.invocations,
      recordWrites: usage.recordWrites,
      polls: usage.polls,
      objectsPut: usage.objectsPut,
    });
  });
});

it('the simulation ends an invocation when the function would', async () => {
  const directory = await ensureAssembly();
  const [template = ''] = (await readdir(directory)).filter((name) => name.endsWith('.template.json'));

  const { Resources } = JSON.parse(await readFile(join(directory, template), 'utf8'));

  const polls = Object.values(Resources).filter((resource) =>
    String(Object(resource).Properties?.Description).startsWith('Polls Aspose'),
  );
  expect(polls).toMatchObject([{ Properties: { Timeout: INVOCATION_SECONDS } }]);
});
