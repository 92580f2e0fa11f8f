import { describe, expect, it } from 'vitest';
import { courierForAll, newTaskId, startTestCourier } from '../support/courier.ts';
import { base64, completed } from '../support/responses.ts';

const courier = await courierForAll();

/** When Aspose was asked about a task, in seconds after the first time. */
function pollTimes(taskId: string): number[] {
  const times = courier.simulator.requests.filter((request) => request.taskId === taskId).map(({ at }) => at);
  return times.map((at) => (at - (times[0] ?? 0)) / 1000);
}

describe('polling', () => {
  it('holds the first invocation, then waits in the state machine, with one poll an invocation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [...Array(25).fill({ taskStatus: 'Pending' }), completed]);

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

  it('takes a completed task through three states', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);

    const { execution } = await courier.collect({ taskId });

    expect(execution.history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state)).toEqual(
      ['Fetch result', 'Task status?', 'Publish completion'],
    );
  });

  it('makes the last poll at the deadline, and none after it', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [{ taskStatus: 'Pending' }]);

    const { record } = await courier.collect({ taskId, polling: { timeoutSeconds: 3600 } });

    expect(record).toMatchObject({ outcome: 'TimedOut', reason: 'Deadline' });
    const last = courier.simulator.requests.findLast((request) => request.taskId === taskId)?.at ?? 0;
    const sinceStart = (last - Date.parse(record?.startedAt ?? '')) / 1000;
    expect(sinceStart).toBeLessThanOrEqual(3600);
    expect(sinceStart).toBeGreaterThan(3595);
  });

  it('stops at the end of the 24 hours that Aspose keeps a result, counted from its submission', async () => {
    const taskId = newTaskId();
    const submittedAt = new Date(courier.clock.now() - 23 * 3600 * 1000).toISOString();
    courier.simulator.script(taskId, [{ taskStatus: 'Pending' }]);

    const { record } = await courier.collect({ taskId, submittedAt });

    expect(record).toMatchObject({ outcome: 'TimedOut', reason: 'Deadline' });
    expect(Date.parse(record?.completedAt ?? '')).toBeLessThanOrEqual(Date.parse(submittedAt) + 86_400_000);
    expect(record?.expiresAt).toBe(Math.floor(Date.parse(submittedAt) / 1000) + 86_400);
  });

  it('waits as long as Retry-After asks, as seconds or as a date', async () => {
    const taskId = newTaskId();
    const date = new Date(courier.clock.now() + 3600_000).toUTCString();
    courier.simulator.script(taskId, [
      { httpStatus: 429, headers: { 'retry-after': '100' } },
      { httpStatus: 503, headers: { 'retry-after': date } },
      completed,
    ]);

    await courier.collect({ taskId });

    const [, second = 0, third = 0] = pollTimes(taskId);
    expect(second).toBeGreaterThanOrEqual(100);
    expect(third).toBeGreaterThanOrEqual(3590);
  });

  it('does not follow a Retry-After past the deadline', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [{ httpStatus: 429, headers: { 'retry-after': '99999999' } }]);

    const { record } = await courier.collect({ taskId, polling: { timeoutSeconds: 600 } });

    expect(record).toMatchObject({ outcome: 'Failed', reason: 'UpstreamUnavailable' });
    expect(pollTimes(taskId).at(-1)).toBeLessThanOrEqual(600);
  });

  it('asks for one access token, however many polls and tasks need it', async () => {
    await using fresh = await startTestCourier();
    fresh.simulator.script('first', [{ taskStatus: 'Pending' }, { taskStatus: 'Pending' }, completed]);
    fresh.simulator.script('second', [completed]);

    await fresh.collect({ taskId: 'first' });
    await fresh.collect({ taskId: 'second' });

    expect(fresh.simulator.requests.filter(({ path }) => path === '/connect/token')).toHaveLength(1);
  });

  it('replaces an access token that is withdrawn in the middle of a long task, once', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [{ taskStatus: 'Pending' }, { httpStatus: 401 }, completed]);

    const { record } = await courier.collect({ taskId });

    expect(record).toMatchObject({ outcome: 'Completed', attempts: 2, faults: 0 });
  });

  it('never repeats a token request with rejected credentials', async () => {
    await using wrong = await startTestCourier({
      secret: JSON.stringify({ clientId: 'someone', clientSecret: 'wrong' }),
    });

    const ends = [];
    for (let task = 0; task < 7; task += 1) ends.push(await wrong.collect({ taskId: `t${task}` }));

    expect(ends.map(({ record }) => record?.reason)).toEqual(Array(7).fill('CredentialsRejected'));
    expect(wrong.simulator.requests.filter(({ path }) => path === '/connect/token')).toHaveLength(1);
  });

  it('says so when the secret holds no credentials', async () => {
    await using unset = await startTestCourier({ secret: 'kX93-generated' });

    const { record } = await unset.collect({ taskId: 'any' });

    expect(record).toMatchObject({ outcome: 'Failed', reason: 'CredentialsRejected' });
    expect(record?.messages.join()).toContain('"clientId"');
    expect(unset.simulator.requests).toEqual([]);
  });

  it('stops reading an answer that is larger than the cap', async () => {
    await using small = await startTestCourier({ environment: { MAX_ANSWER_BYTES: '2000' } });
    small.simulator.script('large', [
      { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('x'.repeat(3000)) }] },
    ]);

    const { record } = await small.collect({ taskId: 'large' });

    expect(record).toMatchObject({ outcome: 'Failed', reason: 'ResultTooLarge' });
    expect(await small.keys()).toEqual([]);
  });
});
