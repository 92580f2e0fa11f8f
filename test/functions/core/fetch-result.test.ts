import { describe, expect, test } from 'vitest';
import type { ExecutionInput } from '../../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { Ending } from '../../../functions/core/assess-poll.ts';
import { fetchResult } from '../../../functions/core/fetch-result.ts';
import type { PollingOverrides } from '../../../functions/core/polling-policy.ts';
import type { FetchResultPorts, PollReport } from '../../../functions/core/ports.ts';
import { TaskConflict } from '../../../functions/core/task-conflict.ts';
import type { Claimant } from '../../../functions/core/task-record.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { VirtualClock } from '../../../local/clock.ts';
import {
  anInput,
  aPoll,
  aRecord,
  aTerminalRecord,
  BUCKET,
  claimant,
  completedPoll,
  decoded,
  EXECUTION,
  instantAfter,
  notExistPoll,
  OTHER_EXECUTION,
  otherClaimant,
  pendingPoll,
  processingPoll,
  START,
  TASK_ID,
  unavailablePoll,
  undecodable,
} from '../../support/builders.ts';
import { memoryRecords } from '../../support/memory-records.ts';

const DAY = 86_400;

/** A task at a vendor that answers as scripted (the last answer for ever), and everything around it in memory. */
function setUp({
  responses,
  record,
  polling = {},
  startAt = 0,
}: {
  responses: readonly Poll[];
  record?: TaskRecord;
  polling?: PollingOverrides;
  startAt?: number;
}) {
  const clock = new VirtualClock(START + startAt * 1000);
  const records = memoryRecords(record);
  const elapsed = () => (clock.now() - START) / 1000;
  const polls: { at: number; timeoutSeconds: number }[] = [];
  const slept: number[] = [];
  const stored: Ending[] = [];
  const reports: PollReport[] = [];
  const pauses: { readonly at: number; readonly expiresInSeconds: number }[] = [];
  const hooks = {
    /** Runs during each poll. */
    duringPoll: async (): Promise<void> => {},
    store: async (): Promise<void> => {},
    isPollingPaused: () => false,
  };
  let invocationEnds = Number.POSITIVE_INFINITY;
  const ports: FetchResultPorts = {
    records,
    vendor: {
      async poll(_operation, _taskId, timeoutSeconds) {
        polls.push({ at: elapsed(), timeoutSeconds });
        await hooks.duringPoll();
        const response = responses[Math.min(polls.length, responses.length) - 1];
        if (response === undefined) throw new Error('the vendor was not to be asked');
        return response;
      },
    },
    documents: {
      bucket: BUCKET,
      async store(_record, ending) {
        await hooks.store();
        stored.push(ending);
        return { results: [], manifestKey: 'manifest.json', warnings: ['odd'] };
      },
    },
    now: () => clock.now(),
    async sleep(seconds) {
      slept.push(seconds);
      clock.advance(seconds * 1000);
    },
    random: () => 0.5,
    remainingSeconds: () => invocationEnds - elapsed(),
    isPollingPaused: async () => hooks.isPollingPaused(),
    onPoll: (report) => reports.push(report),
    onPause: (expiresInSeconds: number) => pauses.push({ at: elapsed(), expiresInSeconds }),
  };

  /** One invocation of the function. */
  function invoke(who: Claimant = claimant, input: ExecutionInput = anInput(), limitSeconds = 300) {
    invocationEnds = elapsed() + limitSeconds;
    return fetchResult(input, who, polling, ports);
  }

  /** The state machine's loop: invocations and waits, to the end of the task. */
  async function run(who: Claimant = claimant, input: ExecutionInput = anInput()) {
    const waits: number[] = [];
    for (;;) {
      const output = await invoke(who, input);
      if ('outcome' in output) return { output, waits };
      waits.push(output.delaySeconds);
      clock.advance(output.delaySeconds * 1000);
    }
  }

  return { clock, records, ports, polls, slept, stored, reports, pauses, hooks, invoke, run, elapsed };
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;

describe('a task that completes', () => {
  test('within the hold is collected in one invocation', async () => {
    const documents = [decoded('All men live enveloped in whale-lines.')];
    const { invoke, polls, slept, stored, records } = setUp({
      responses: [pendingPoll, processingPoll, completedPoll(...documents)],
    });

    const output = await invoke();

    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 2.99, 4.77]);
    expect(slept).toHaveLength(3);
    expect(stored).toMatchObject([{ outcome: 'Completed', results: documents }]);
    expect(output).toMatchObject({
      outcome: 'Completed',
      publish: true,
      detailType: 'OCR Task Completed',
      detail: { taskId: TASK_ID, attempts: 3, manifest: 'manifest.json', warnings: ['odd'], bucket: BUCKET },
      cause: 'The task ended as Completed after 3 polls.',
    });
    expect(records.current()).toMatchObject({ outcome: 'Completed', status: 'Completed', attempts: 3 });
  });

  test('stores its documents before its record, and its record before it tells of them', async () => {
    const { invoke, records, hooks } = setUp({ responses: [completedPoll(decoded('text'))] });
    const outcomesWhenStored: unknown[] = [];
    hooks.store = async () => {
      outcomesWhenStored.push(records.current()?.outcome);
    };

    await invoke();

    expect(outcomesWhenStored).toEqual([undefined]);
    expect(records.current()?.outcome).toBe('Completed');
  });

  test('after the hold is polled once an invocation, at the time noted', async () => {
    const { run, polls, slept, records } = setUp({
      responses: [pendingPoll, pendingPoll, pendingPoll, completedPoll(decoded('text'))],
      polling: { holdSeconds: 3 },
    });

    const { output, waits } = await run();

    expect(slept.filter((seconds) => seconds > 0).map(round)).toEqual([1.5, 1.49]);
    expect(waits).toEqual([8, 8]);
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 2.99, 10.99, 18.99]);
    expect(output).toMatchObject({ outcome: 'Completed', detail: { attempts: 4 } });
    expect(records.current()).not.toHaveProperty('nextPollAt');
  });

  test('without content stores its manifest all the same', async () => {
    const { invoke, stored } = setUp({ responses: [completedPoll()] });

    expect(await invoke()).toMatchObject({ detail: { empty: true, manifest: 'manifest.json' } });
    expect(stored).toHaveLength(1);
  });
});

describe('a wait', () => {
  test('tells the state machine how long, and what was seen last', async () => {
    const { invoke, records } = setUp({ responses: [processingPoll], polling: { holdSeconds: 0 } });

    const first = await invoke();

    expect(first).toEqual({ taskStatus: 'Unseen', attempts: 0, delaySeconds: 2 });
    expect(records.current()).toMatchObject({ nextPollAt: instantAfter(2), attempts: 0 });
  });

  test('that was cut short goes on: an invocation before its time polls nothing', async () => {
    const { invoke, clock, polls } = setUp({ responses: [processingPoll], polling: { holdSeconds: 0 } });
    await invoke();
    clock.advance(2000);
    const output = await invoke();
    clock.advance(4000);

    const early = await invoke();

    expect(output).toEqual({ taskStatus: 'Processing', attempts: 1, delaySeconds: 8 });
    expect(early).toEqual({ taskStatus: 'Processing', attempts: 1, delaySeconds: 4 });
    expect(polls).toHaveLength(1);
  });

  test('that ends a moment early is slept to its end', async () => {
    const { invoke, clock, polls } = setUp({ responses: [processingPoll], polling: { holdSeconds: 0 } });
    await invoke();
    clock.advance(1200);

    await invoke();

    expect(polls.map(({ at }) => at)).toEqual([2]);
  });

  test('begins when too little of the invocation is left to poll and to store', async () => {
    const { invoke, elapsed, records } = setUp({ responses: [pendingPoll], polling: { holdSeconds: 120 } });

    const output = await invoke(claimant, anInput(), 100);

    expect(elapsed()).toBeLessThanOrEqual(10);
    expect(output).toMatchObject({ taskStatus: 'Pending', delaySeconds: 3 });
    expect(records.current()).toMatchObject({ attempts: 5 });
  });
});

describe('the time of a poll', () => {
  test('is bounded, so that the deadline is not spent on one', async () => {
    const { invoke, polls } = setUp({ responses: [completedPoll()] });

    await invoke();

    expect(polls).toMatchObject([{ timeoutSeconds: 150 }]);
  });

  test('leaves room in the invocation for storing what it brings', async () => {
    const { invoke, polls } = setUp({
      responses: [completedPoll()],
      polling: { firstPollDelaySeconds: 0.5 },
    });

    await invoke(claimant, anInput(), 101);

    expect(polls).toMatchObject([{ timeoutSeconds: 70 }]);
  });

  test('does not wait for a vendor much past the deadline, and gives the last poll ten seconds', async () => {
    const { run, polls } = setUp({ responses: [pendingPoll], polling: { timeoutSeconds: 20 } });

    await run();

    const ends = polls.map(({ at, timeoutSeconds }) => at + timeoutSeconds);
    expect(Math.max(...ends)).toBeLessThanOrEqual(30);
    expect(polls.at(-1)?.timeoutSeconds).toBe(10);
  });
});

describe('a task of another execution', () => {
  test('is joined: the record is looked at, not the vendor, and the outcome is shared but not published', async () => {
    const { invoke, polls, ports, records, hooks } = setUp({
      responses: [pendingPoll, pendingPoll, completedPoll(decoded('text'))],
    });
    let joined: ReturnType<typeof fetchResult> | undefined;
    hooks.duringPoll = async () => {
      // The joining execution has a clock and an invocation of its own; it looks again when the owner has ended.
      joined ??= fetchResult(
        anInput(),
        { executionArn: OTHER_EXECUTION, startedAt: START },
        {},
        {
          ...ports,
          sleep: async () => {
            while (records.current()?.outcome === undefined) await new Promise(setImmediate);
          },
        },
      );
    };

    const owners = await invoke();
    const joiners = await joined;

    expect(polls).toHaveLength(3);
    expect(joiners).toEqual({ ...owners, publish: false });
    expect(owners).toMatchObject({ publish: true, detail: { executionArn: EXECUTION } });
  });

  test('is looked at again after a wait, once the hold is over', async () => {
    const record = aRecord({ taskStatus: 'Processing', attempts: 20, leaseExpiresAt: instantAfter(2000) });
    const { invoke, slept, records } = setUp({ responses: [], record, startAt: 500 });

    expect(await invoke(otherClaimant)).toEqual({ taskStatus: 'Processing', attempts: 20, delaySeconds: 10 });
    expect(slept).toEqual([]);
    expect(records.current()).toEqual(record);
  });

  test('is not slept over to the last second of the invocation', async () => {
    const record = aRecord({ leaseExpiresAt: instantAfter(2000) });
    const { invoke, elapsed } = setUp({ responses: [], record, polling: { holdSeconds: 120 } });

    await invoke(otherClaimant, anInput(), 100);

    expect(elapsed()).toBeLessThanOrEqual(10);
  });

  test('is taken over once its lease has lapsed, and goes on where it was', async () => {
    const record = aRecord({
      attempts: 20,
      taskStatus: 'Processing',
      nextPollAt: instantAfter(70),
      leaseExpiresAt: instantAfter(970),
    });
    const { invoke, polls, records } = setUp({
      responses: [completedPoll(decoded('text'))],
      record,
      startAt: 1000,
    });

    const output = await invoke(otherClaimant);

    expect(polls).toMatchObject([{ at: 1000 }]);
    expect(output).toMatchObject({
      publish: true,
      detail: { executionArn: OTHER_EXECUTION, attempts: 21, durations: { collectingSeconds: 1000 } },
    });
    expect(records.current()).toMatchObject({ executionArn: OTHER_EXECUTION });
  });

  test('that ended on its deadline is ended for those who joined it, too, though its record has expired', async () => {
    const { run, clock, polls, invoke } = setUp({ responses: [pendingPoll] });
    const joining: Claimant = { executionArn: OTHER_EXECUTION, startedAt: START + 60_000 };
    const { output } = await run();
    const pollsOfOwner = polls.length;
    clock.advance(3_600_000);

    const joined = await invoke(joining);

    expect(output).toMatchObject({ outcome: 'TimedOut', publish: true });
    expect(joined).toEqual({ ...output, publish: false });
    expect(polls).toHaveLength(pollsOfOwner);
  });

  test('of another operation is a conflict', async () => {
    const { invoke } = setUp({ responses: [], record: aRecord({ operation: 'RecognizePdf' }) });

    const collecting = invoke(otherClaimant);

    await expect(collecting).rejects.toBeInstanceOf(TaskConflict);
    await expect(collecting).rejects.toThrow(
      `taskId: ${TASK_ID} is being or has been collected for RecognizePdf; it cannot be collected for RecognizeImage too`,
    );
  });

  test('that has ended is collected again for a higher generation', async () => {
    const record = aTerminalRecord({ outcome: 'TimedOut', version: 4 });
    const { invoke } = setUp({ responses: [completedPoll(decoded('late'))], record, startAt: 60 });

    expect(await invoke(otherClaimant, anInput({ generation: 2 }))).toMatchObject({
      outcome: 'Completed',
      publish: true,
      detail: { generation: 2, idempotencyKey: `RecognizeImage/${TASK_ID}/2` },
    });
  });
});

describe('an execution that loses its task on the way', () => {
  test('before its end: it ends with the outcome of the one that took over', async () => {
    const { invoke, records, hooks } = setUp({ responses: [completedPoll(decoded('text'))] });
    hooks.store = async () => {
      const { version } = records.current() ?? { version: 0 };
      await records.write(
        aTerminalRecord({ executionArn: OTHER_EXECUTION, outcome: 'Cancelled', version: version + 1 }),
      );
    };

    expect(await invoke()).toMatchObject({ outcome: 'Cancelled', publish: false });
    expect(records.current()).toMatchObject({ outcome: 'Cancelled' });
  });

  test('before a wait: it joins the one that took over', async () => {
    const { invoke, records, hooks } = setUp({ responses: [processingPoll], polling: { holdSeconds: 2 } });
    hooks.duringPoll = async () => {
      const { version } = records.current() ?? { version: 0 };
      await records.write(aRecord({ executionArn: OTHER_EXECUTION, attempts: 9, version: version + 1 }));
    };

    expect(await invoke()).toMatchObject({ attempts: 9, delaySeconds: 8 });
    expect(records.current()).toMatchObject({ executionArn: OTHER_EXECUTION });
  });

  test('at its claim: it looks again', async () => {
    const { invoke, ports, records } = setUp({ responses: [completedPoll()] });
    const { write } = records;
    let isFirst = true;
    Object.assign(ports.records, {
      write: async (record: TaskRecord) => {
        if (isFirst) {
          isFirst = false;
          await write(aTerminalRecord({ executionArn: OTHER_EXECUTION, version: 1 }));
        }
        return write(record);
      },
    });

    expect(await invoke()).toMatchObject({ outcome: 'Completed', publish: false });
  });
});

describe('a repeat after a crash', () => {
  test('between the answer and its documents: fetches and stores again', async () => {
    const { invoke, hooks, stored, polls, records } = setUp({ responses: [completedPoll(decoded('text'))] });
    hooks.store = async () => {
      hooks.store = async () => {};
      throw new Error('S3 is down');
    };

    await expect(invoke()).rejects.toThrow('S3 is down');
    const output = await invoke();

    expect(output).toMatchObject({ outcome: 'Completed', publish: true });
    expect(stored).toHaveLength(1);
    expect(polls).toHaveLength(2);
    expect(records.current()).toMatchObject({ outcome: 'Completed' });
  });

  test('between the documents and the record: stores the same documents again', async () => {
    const { invoke, stored, ports, records } = setUp({ responses: [completedPoll(decoded('text'))] });
    const { write } = records;
    Object.assign(ports.records, {
      write: async (record: TaskRecord) => {
        if (record.outcome === undefined) return write(record);
        Object.assign(ports.records, { write });
        throw new Error('DynamoDB is down');
      },
    });

    await expect(invoke()).rejects.toThrow('DynamoDB is down');
    const output = await invoke();

    expect(output).toMatchObject({ outcome: 'Completed', publish: true });
    expect(stored).toHaveLength(2);
    expect(stored[0]).toEqual(stored[1]);
  });

  test('between the record and the return: tells the same, and neither polls nor stores', async () => {
    const { invoke, stored, polls, clock } = setUp({ responses: [completedPoll(decoded('text'))] });
    const lost = await invoke();
    clock.advance(8000);

    expect(await invoke()).toEqual(lost);
    expect({ polls: polls.length, stored: stored.length }).toEqual({ polls: 1, stored: 1 });
  });
});

describe('a task that does not complete', () => {
  test('is timed out at its deadline, with one last poll on it', async () => {
    const { run, polls, stored } = setUp({ responses: [pendingPoll], polling: { timeoutSeconds: 300 } });

    const { output } = await run();

    expect(output).toMatchObject({
      outcome: 'TimedOut',
      publish: true,
      detail: { reason: 'Deadline', attempts: polls.length },
    });
    expect(polls.at(-1)?.at).toBeGreaterThan(299);
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(300);
    expect(stored).toEqual([]);
  });

  test('costs as many polls in 24 hours as the policy promises', async () => {
    const { run, polls } = setUp({ responses: [pendingPoll] });

    const { output } = await run();

    expect(output).toMatchObject({ detail: { reason: 'Deadline', attempts: 201 } });
    expect(polls).toHaveLength(201);
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(DAY);
  });

  test('ends when its poll budget is used up', async () => {
    const { run, polls } = setUp({ responses: [pendingPoll], polling: { maxPolls: 5 } });

    expect((await run()).output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'PollBudget' } });
    expect(polls).toHaveLength(5);
  });

  test('whose result is lost before its timeout ends when it is', async () => {
    const submittedAt = instantAfter(-(DAY - 600));
    const { run, polls } = setUp({ responses: [pendingPoll] });

    const { output } = await run(claimant, anInput({ submittedAt }));

    expect(output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'Deadline' } });
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(600);
  });

  test('that was submitted more than 24 hours ago is polled once, and expires', async () => {
    const { run, polls } = setUp({ responses: [notExistPoll] });

    const { output } = await run(claimant, anInput({ submittedAt: instantAfter(-DAY - 5) }));

    expect(output).toMatchObject({ outcome: 'Expired', publish: true, detail: { attempts: 1 } });
    expect(polls).toMatchObject([{ at: 0 }]);
  });

  test('is not found after one grace poll', async () => {
    const { run, polls } = setUp({ responses: [notExistPoll] });

    expect((await run()).output).toMatchObject({ outcome: 'NotFound', detail: { attempts: 2 } });
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 3.5]);
  });

  test.each([
    ['in the same invocation', 60],
    ['in a later one', 2],
  ])('expires when it is gone after having been seen alive %s', async (_, holdSeconds) => {
    const { run } = setUp({ responses: [pendingPoll, notExistPoll], polling: { holdSeconds } });

    expect((await run()).output).toMatchObject({ outcome: 'Expired', detail: { attempts: 2 } });
  });

  test('is given up after a dozen faults in a row, over invocations, in about an hour', async () => {
    const { run, polls, elapsed } = setUp({ responses: [pendingPoll, unavailablePoll] });

    const { output } = await run();

    expect(output).toMatchObject({
      outcome: 'Failed',
      detail: { reason: 'UpstreamUnavailable', attempts: 13, messages: ['Aspose returned HTTP 503'] },
    });
    expect(polls).toHaveLength(13);
    expect(elapsed()).toBeGreaterThan(2400);
    expect(elapsed()).toBeLessThan(4000);
  });

  test('is forgiven its faults by one good answer', async () => {
    const faults = Array.from({ length: 11 }, () => unavailablePoll);
    const { run } = setUp({ responses: [...faults, pendingPoll, ...faults, completedPoll(decoded('text'))] });

    expect((await run()).output).toMatchObject({ outcome: 'Completed', detail: { attempts: 24 } });
  });

  test('waits as long as Retry-After asks', async () => {
    const { run, polls } = setUp({
      responses: [{ ...unavailablePoll, retryAfterSeconds: 300 }, completedPoll()],
    });

    const { waits } = await run();

    expect(waits).toEqual([301]);
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 302.5]);
  });

  test('keeps to its deadline whatever Retry-After asks', async () => {
    const { run, elapsed } = setUp({
      responses: [pendingPoll, { ...unavailablePoll, retryAfterSeconds: DAY }],
      polling: { timeoutSeconds: 100 },
    });

    // It was seen alive, so that it is out of time rather than its vendor out of reach.
    expect((await run()).output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'Deadline' } });
    expect(elapsed()).toBeLessThanOrEqual(100);
  });

  test.each([
    ['the vendor was never reached', unavailablePoll, { outcome: 'Failed', reason: 'UpstreamUnavailable' }],
    ['the vendor did not know it yet', notExistPoll, { outcome: 'NotFound' }],
    [
      'its data was not base64',
      completedPoll(undecodable('?')),
      { outcome: 'Failed', reason: 'UndecodableResult' },
    ],
    [
      'its status was unknown',
      aPoll({ taskStatus: 'Odd' }),
      { outcome: 'Failed', reason: 'UnknownTaskStatus' },
    ],
  ])('has its last fault for an outcome when no poll is left: %s', async (_, poll, ending) => {
    const { run } = setUp({ responses: [poll], polling: { maxPolls: 1 } });

    expect((await run()).output).toMatchObject({ detail: { ...ending, attempts: 1 } });
  });

  test('keeps raw data that is not base64, after fetching it once more', async () => {
    const results = [decoded('fine'), undecodable('not base64')];
    const { run, stored, polls } = setUp({ responses: [completedPoll(...results)] });

    expect((await run()).output).toMatchObject({
      outcome: 'Failed',
      detail: { reason: 'UndecodableResult' },
    });
    expect(stored).toMatchObject([{ results }]);
    expect(polls).toHaveLength(2);
  });

  test("stores nothing of another task's answer", async () => {
    const { run, stored } = setUp({ responses: [aPoll({ id: 'another', results: [decoded('theirs')] })] });

    expect((await run()).output).toMatchObject({ detail: { reason: 'ContractViolation', attempts: 1 } });
    expect(stored).toEqual([]);
  });
});

describe('what is logged of each poll', () => {
  test('is its number, what was seen, and when the next one is', async () => {
    const { run, reports } = setUp({
      responses: [pendingPoll, unavailablePoll, completedPoll(decoded('text'))],
    });

    await run();

    expect(reports.map(({ nextPollSeconds, expiresInSeconds, ...report }) => report)).toEqual(
      [
        { attempt: 1, observed: 'Pending' },
        { attempt: 2, observed: 'Unavailable', detail: 'Aspose returned HTTP 503' },
        { attempt: 3, observed: 'Completed', outcome: 'Completed' },
      ].map((report) => ({ taskId: TASK_ID, operation: 'RecognizeImage', ...report })),
    );
    expect(reports.map(({ nextPollSeconds }) => nextPollSeconds && round(nextPollSeconds))).toEqual([
      1.49,
      2,
      undefined,
    ]);
  });

  test('names a refusal', async () => {
    const refused: Poll = {
      kind: 'Refused',
      reason: 'CredentialsRejected',
      detail: 'Aspose returned HTTP 403',
    };
    const { run, reports } = setUp({ responses: [refused] });

    await run();

    expect(reports).toMatchObject([{ observed: 'Refused', detail: 'Aspose returned HTTP 403' }]);
  });
});

describe('while polling is paused', () => {
  test('a task waits without a poll, keeps its place, and is collected afterwards', async () => {
    const { run, hooks, polls, pauses, elapsed } = setUp({ responses: [pendingPoll, completedPoll()] });
    hooks.isPollingPaused = () => elapsed() < 1000;

    const { output, waits } = await run();

    expect(waits.slice(0, 4)).toEqual([300, 300, 300, 300]);
    expect(pauses.map(({ at }) => at)).toEqual([0, 300, 600, 900]);
    expect(pauses.map(({ expiresInSeconds }) => expiresInSeconds)).toEqual(
      [0, 300, 600, 900].map((at) => DAY - at),
    );
    expect(polls[0]).toMatchObject({ at: 1200 });
    expect(output).toMatchObject({ outcome: 'Completed', detail: { attempts: 2 } });
  });

  test('its lease is kept up, so that no other execution takes it over', async () => {
    const { invoke, hooks, records, clock } = setUp({ responses: [] });
    hooks.isPollingPaused = () => true;

    await invoke();
    clock.advance(300_000);
    await invoke(otherClaimant);

    expect(records.current()).toMatchObject({ executionArn: EXECUTION, attempts: 0 });
  });

  test("a task's own deadline does not end it: it gets its poll once polling goes on", async () => {
    const { run, hooks, polls, elapsed } = setUp({
      responses: [completedPoll()],
      polling: { timeoutSeconds: 60 },
    });
    hooks.isPollingPaused = () => elapsed() < 3600;

    expect((await run()).output).toMatchObject({ outcome: 'Completed' });
    expect(polls).toHaveLength(1);
  });

  test('a task whose result Aspose has deleted ends as TimedOut, without a poll', async () => {
    const { run, hooks, polls, elapsed } = setUp({ responses: [] });
    hooks.isPollingPaused = () => true;

    expect((await run()).output).toMatchObject({
      outcome: 'TimedOut',
      detail: { reason: 'Deadline', messages: ['Polling was paused until Aspose had deleted the result.'] },
    });
    expect(polls).toEqual([]);
    expect(elapsed()).toBe(DAY);
  });
});
