import { describe, expect, it } from 'vitest';
import { courierForAll, startTestCourier } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

const courier = await courierForAll();

describe('polling', () => {
  it('holds in the first invocation, then polls once per invocation after a Wait state', async () => {
    const taskId = courier.createTask(...Array(25).fill(pending), completed('whale'));

    const { execution, record } = await courier.collect({ taskId, polling: { holdSeconds: 45 } });

    const invocations = execution.history.filter(
      ({ type, state }) => type === 'StateEntered' && state === 'Fetch result',
    );
    const waits = execution.history.filter(
      ({ type, state }) => type === 'StateEntered' && state === 'Wait before next poll',
    );
    expect(record?.attempts).toBe(26);
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.length).toBe(invocations.length - 1);
    expect(invocations.length).toBeLessThan(26 / 2);
  });

  it('occupies no invocation while it waits with a hold of 0 s', async () => {
    const taskId = courier.createTask(...Array(6).fill(pending), completed('whale'));

    const { execution, record } = await courier.collect({ taskId, polling: { holdSeconds: 0 } });

    const entered = execution.history.filter(({ type }) => type === 'StateEntered');
    const count = (name: string) => entered.filter(({ state }) => state === name).length;
    const secondsInState = entered.slice(1).map(({ timestamp }, index) => ({
      state: entered[index]?.state,
      seconds: (timestamp.getTime() - (entered[index]?.timestamp.getTime() ?? 0)) / 1000,
    }));
    const longestInvocation = Math.max(
      ...secondsInState.filter(({ state }) => state === 'Fetch result').map(({ seconds }) => seconds),
    );
    expect(record).toMatchObject({ outcome: 'Completed', attempts: 7 });
    // The first invocation only schedules the first poll.
    expect(count('Fetch result')).toBe(8);
    expect(count('Wait before next poll')).toBe(7);
    // An invocation sleeps through the fraction of a second that a Wait state cannot wait.
    expect(longestInvocation).toBeLessThanOrEqual(1);
  });

  it('takes a completed task through three states', async () => {
    const taskId = courier.createTask(completed('whale'));

    const { execution } = await courier.collect({ taskId });

    expect(execution.history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state)).toEqual(
      ['Fetch result', 'Task status?', 'Publish completion'],
    );
  });

  it('makes its last poll at the deadline', async () => {
    const taskId = courier.createTask(pending);

    const { record } = await courier.collect({ taskId, polling: { timeoutSeconds: 600 } });

    expect(record).toMatchObject({ outcome: 'TimedOut', reason: 'Deadline' });
    const last = courier.fetchesOf(taskId).at(-1)?.at ?? 0;
    const sinceStart = (last - Date.parse(record?.startedAt ?? '')) / 1000;
    expect(sinceStart).toBeLessThanOrEqual(600);
    expect(sinceStart).toBeGreaterThan(595);
  });

  it('stops 24 hours after the submission, when Aspose deletes the result', async () => {
    const submittedAt = new Date(courier.clock.now() - 23 * 3600 * 1000).toISOString();
    const taskId = courier.createTask(pending);

    const { record } = await courier.collect({ taskId, submittedAt });

    expect(record).toMatchObject({ outcome: 'TimedOut', reason: 'Deadline' });
    expect(Date.parse(record?.completedAt ?? '')).toBeLessThanOrEqual(Date.parse(submittedAt) + 86_400_000);
    expect(record?.expiresAt).toBe(Math.floor(Date.parse(submittedAt) / 1000) + 86_400);
  });

  it('H6: requests one access token for many polls and tasks', async () => {
    await using fresh = await startTestCourier();
    fresh.simulator.script('first', [pending, pending, completed('whale')]);
    fresh.simulator.script('second', [completed('whale')]);

    await fresh.collect({ taskId: 'first' });
    await fresh.collect({ taskId: 'second' });

    expect(fresh.simulator.requests.filter(({ path }) => path === '/connect/token')).toHaveLength(1);
  });

  it('H4: sends rejected credentials once', async () => {
    await using wrong = await startTestCourier({
      secret: JSON.stringify({ clientId: 'someone', clientSecret: 'wrong' }),
    });

    const ends = [];
    for (let task = 0; task < 7; task += 1) ends.push(await wrong.collect({ taskId: `t${task}` }));

    expect(ends.map(({ record }) => record?.reason)).toEqual(Array(7).fill('CredentialsRejected'));
    expect(wrong.simulator.requests.filter(({ path }) => path === '/connect/token')).toHaveLength(1);
  });

  it('ends as Failed, CredentialsRejected when the secret holds no credentials', async () => {
    await using unset = await startTestCourier({ secret: 'kX93-generated' });

    const { record } = await unset.collect({ taskId: 'any' });

    expect(record).toMatchObject({ outcome: 'Failed', reason: 'CredentialsRejected' });
    expect(record?.messages.join()).toContain('"clientId"');
    expect(unset.simulator.requests).toEqual([]);
  });
});
