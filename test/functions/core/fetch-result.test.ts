import { describe, expect, it } from 'vitest';
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
  answered,
  aRecord,
  aTerminalRecord,
  BUCKET,
  claimant,
  completed,
  decoded,
  EXECUTION,
  instantAfter,
  notExist,
  OTHER_EXECUTION,
  otherClaimant,
  pending,
  processing,
  START,
  TASK_ID,
  unavailable,
  undecodable,
} from '../../support/builders.ts';
import { memoryRecords } from '../../support/memory-records.ts';

const DAY = 86_400;

/** A task at a vendor that answers as scripted (the last answer for ever), and everything around it in memory. */
function setUp({
  answers,
  record,
  polling = {},
  startAt = 0,
}: {
  answers: readonly Poll[];
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
        const answer = answers[Math.min(polls.length, answers.length) - 1];
        if (answer === undefined) throw new Error('the vendor was not to be asked');
        return answer;
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
  it('within the hold is collected in one invocation', async () => {
    const documents = [decoded('All men live enveloped in whale-lines.')];
    const { invoke, polls, slept, stored, records } = setUp({
      answers: [pending, processing, completed(...documents)],
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

  it('stores its documents before its record, and its record before it tells of them', async () => {
    const { invoke, records, hooks } = setUp({ answers: [completed(decoded('text'))] });
    const outcomesWhenStored: unknown[] = [];
    hooks.store = async () => {
      outcomesWhenStored.push(records.current()?.outcome);
    };

    await invoke();

    expect(outcomesWhenStored).toEqual([undefined]);
    expect(records.current()?.outcome).toBe('Completed');
  });

  it('after the hold is polled once an invocation, at the time noted', async () => {
    const { run, polls, slept, records } = setUp({
      answers: [pending, pending, pending, completed(decoded('text'))],
      polling: { holdSeconds: 3 },
    });

    const { output, waits } = await run();

    expect(slept.filter((seconds) => seconds > 0).map(round)).toEqual([1.5, 1.49]);
    expect(waits).toEqual([8, 8]);
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 2.99, 10.99, 18.99]);
    expect(output).toMatchObject({ outcome: 'Completed', detail: { attempts: 4 } });
    expect(records.current()).not.toHaveProperty('nextPollAt');
  });

  it('without content stores its manifest all the same', async () => {
    const { invoke, stored } = setUp({ answers: [completed()] });

    expect(await invoke()).toMatchObject({ detail: { empty: true, manifest: 'manifest.json' } });
    expect(stored).toHaveLength(1);
  });
});

describe('a wait', () => {
  it('tells the state machine how long, and what was seen last', async () => {
    const { invoke, records } = setUp({ answers: [processing], polling: { holdSeconds: 0 } });

    const first = await invoke();

    expect(first).toEqual({ taskStatus: 'Unseen', attempts: 0, delaySeconds: 2 });
    expect(records.current()).toMatchObject({ nextPollAt: instantAfter(2), attempts: 0 });
  });

  it('that was cut short goes on: an invocation before its time polls nothing', async () => {
    const { invoke, clock, polls } = setUp({ answers: [processing], polling: { holdSeconds: 0 } });
    await invoke();
    clock.advance(2000);
    const output = await invoke();
    clock.advance(4000);

    const early = await invoke();

    expect(output).toEqual({ taskStatus: 'Processing', attempts: 1, delaySeconds: 8 });
    expect(early).toEqual({ taskStatus: 'Processing', attempts: 1, delaySeconds: 4 });
    expect(polls).toHaveLength(1);
  });

  it('that ends a moment early is slept to its end', async () => {
    const { invoke, clock, polls } = setUp({ answers: [processing], polling: { holdSeconds: 0 } });
    await invoke();
    clock.advance(1200);

    await invoke();

    expect(polls.map(({ at }) => at)).toEqual([2]);
  });

  it('begins when too little of the invocation is left to poll and to store', async () => {
    const { invoke, elapsed, records } = setUp({ answers: [pending], polling: { holdSeconds: 120 } });

    const output = await invoke(claimant, anInput(), 100);

    expect(elapsed()).toBeLessThanOrEqual(10);
    expect(output).toMatchObject({ taskStatus: 'Pending', delaySeconds: 3 });
    expect(records.current()).toMatchObject({ attempts: 5 });
  });
});

describe('the time of a poll', () => {
  it('is bounded, so that the deadline is not spent on one', async () => {
    const { invoke, polls } = setUp({ answers: [completed()] });

    await invoke();

    expect(polls).toMatchObject([{ timeoutSeconds: 150 }]);
  });

  it('leaves room in the invocation for storing what it brings', async () => {
    const { invoke, polls } = setUp({ answers: [completed()], polling: { firstPollDelaySeconds: 0.5 } });

    await invoke(claimant, anInput(), 101);

    expect(polls).toMatchObject([{ timeoutSeconds: 70 }]);
  });

  it('does not wait for a vendor much past the deadline, and gives the last poll ten seconds', async () => {
    const { run, polls } = setUp({ answers: [pending], polling: { timeoutSeconds: 20 } });

    await run();

    const ends = polls.map(({ at, timeoutSeconds }) => at + timeoutSeconds);
    expect(Math.max(...ends)).toBeLessThanOrEqual(30);
    expect(polls.at(-1)?.timeoutSeconds).toBe(10);
  });
});

describe('a task of another execution', () => {
  it('is joined: the record is looked at, not the vendor, and the outcome is shared but not published', async () => {
    const { invoke, polls, ports, records, hooks } = setUp({
      answers: [pending, pending, completed(decoded('text'))],
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

  it('is looked at again after a wait, once the hold is over', async () => {
    const record = aRecord({ taskStatus: 'Processing', attempts: 20, leaseExpiresAt: instantAfter(2000) });
    const { invoke, slept, records } = setUp({ answers: [], record, startAt: 500 });

    expect(await invoke(otherClaimant)).toEqual({ taskStatus: 'Processing', attempts: 20, delaySeconds: 10 });
    expect(slept).toEqual([]);
    expect(records.current()).toEqual(record);
  });

  it('is not slept over to the last second of the invocation', async () => {
    const record = aRecord({ leaseExpiresAt: instantAfter(2000) });
    const { invoke, elapsed } = setUp({ answers: [], record, polling: { holdSeconds: 120 } });

    await invoke(otherClaimant, anInput(), 100);

    expect(elapsed()).toBeLessThanOrEqual(10);
  });

  it('is taken over once its lease has lapsed, and goes on where it was', async () => {
    const record = aRecord({
      attempts: 20,
      taskStatus: 'Processing',
      nextPollAt: instantAfter(70),
      leaseExpiresAt: instantAfter(970),
    });
    const { invoke, polls, records } = setUp({
      answers: [completed(decoded('text'))],
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

  it('that ended on its deadline is ended for those who joined it, too, though its record has expired', async () => {
    const { run, clock, polls, invoke } = setUp({ answers: [pending] });
    const joining: Claimant = { executionArn: OTHER_EXECUTION, startedAt: START + 60_000 };
    const { output } = await run();
    const pollsOfOwner = polls.length;
    clock.advance(3_600_000);

    const joined = await invoke(joining);

    expect(output).toMatchObject({ outcome: 'TimedOut', publish: true });
    expect(joined).toEqual({ ...output, publish: false });
    expect(polls).toHaveLength(pollsOfOwner);
  });

  it('of another operation is a conflict', async () => {
    const { invoke } = setUp({ answers: [], record: aRecord({ operation: 'RecognizePdf' }) });

    const collecting = invoke(otherClaimant);

    await expect(collecting).rejects.toBeInstanceOf(TaskConflict);
    await expect(collecting).rejects.toThrow(
      `taskId: ${TASK_ID} is being or has been collected for RecognizePdf; it cannot be collected for RecognizeImage too`,
    );
  });

  it('that has ended is collected again for a higher generation', async () => {
    const record = aTerminalRecord({ outcome: 'TimedOut', version: 4 });
    const { invoke } = setUp({ answers: [completed(decoded('late'))], record, startAt: 60 });

    expect(await invoke(otherClaimant, anInput({ generation: 2 }))).toMatchObject({
      outcome: 'Completed',
      publish: true,
      detail: { generation: 2, idempotencyKey: `RecognizeImage/${TASK_ID}/2` },
    });
  });
});

describe('an execution that loses its task on the way', () => {
  it('before its end: it ends with the outcome of the one that took over', async () => {
    const { invoke, records, hooks } = setUp({ answers: [completed(decoded('text'))] });
    hooks.store = async () => {
      const { version } = records.current() ?? { version: 0 };
      await records.write(
        aTerminalRecord({ executionArn: OTHER_EXECUTION, outcome: 'Cancelled', version: version + 1 }),
      );
    };

    expect(await invoke()).toMatchObject({ outcome: 'Cancelled', publish: false });
    expect(records.current()).toMatchObject({ outcome: 'Cancelled' });
  });

  it('before a wait: it joins the one that took over', async () => {
    const { invoke, records, hooks } = setUp({ answers: [processing], polling: { holdSeconds: 2 } });
    hooks.duringPoll = async () => {
      const { version } = records.current() ?? { version: 0 };
      await records.write(aRecord({ executionArn: OTHER_EXECUTION, attempts: 9, version: version + 1 }));
    };

    expect(await invoke()).toMatchObject({ attempts: 9, delaySeconds: 8 });
    expect(records.current()).toMatchObject({ executionArn: OTHER_EXECUTION });
  });

  it('at its claim: it looks again', async () => {
    const { invoke, ports, records } = setUp({ answers: [completed()] });
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
  it('between the answer and its documents: fetches and stores again', async () => {
    const { invoke, hooks, stored, polls, records } = setUp({ answers: [completed(decoded('text'))] });
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

  it('between the documents and the record: stores the same documents again', async () => {
    const { invoke, stored, ports, records } = setUp({ answers: [completed(decoded('text'))] });
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

  it('between the record and the return: tells the same, and neither polls nor stores', async () => {
    const { invoke, stored, polls, clock } = setUp({ answers: [completed(decoded('text'))] });
    const lost = await invoke();
    clock.advance(8000);

    expect(await invoke()).toEqual(lost);
    expect({ polls: polls.length, stored: stored.length }).toEqual({ polls: 1, stored: 1 });
  });
});

describe('a task that does not complete', () => {
  it('is timed out at its deadline, with one last poll on it', async () => {
    const { run, polls, stored } = setUp({ answers: [pending], polling: { timeoutSeconds: 300 } });

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

  it('costs as many polls in 24 hours as the policy promises', async () => {
    const { run, polls } = setUp({ answers: [pending] });

    const { output } = await run();

    expect(output).toMatchObject({ detail: { reason: 'Deadline', attempts: 201 } });
    expect(polls).toHaveLength(201);
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(DAY);
  });

  it('ends when its poll budget is used up', async () => {
    const { run, polls } = setUp({ answers: [pending], polling: { maxPolls: 5 } });

    expect((await run()).output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'PollBudget' } });
    expect(polls).toHaveLength(5);
  });

  it('whose result is lost before its timeout ends when it is', async () => {
    const submittedAt = instantAfter(-(DAY - 600));
    const { run, polls } = setUp({ answers: [pending] });

    const { output } = await run(claimant, anInput({ submittedAt }));

    expect(output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'Deadline' } });
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(600);
  });

  it('that was submitted more than 24 hours ago is polled once, and expires', async () => {
    const { run, polls } = setUp({ answers: [notExist] });

    const { output } = await run(claimant, anInput({ submittedAt: instantAfter(-DAY - 5) }));

    expect(output).toMatchObject({ outcome: 'Expired', publish: true, detail: { attempts: 1 } });
    expect(polls).toMatchObject([{ at: 0 }]);
  });

  it('is not found after one grace poll', async () => {
    const { run, polls } = setUp({ answers: [notExist] });

    expect((await run()).output).toMatchObject({ outcome: 'NotFound', detail: { attempts: 2 } });
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 3.5]);
  });

  it.each([
    ['in the same invocation', 60],
    ['in a later one', 2],
  ])('expires when it is gone after having been seen alive %s', async (_, holdSeconds) => {
    const { run } = setUp({ answers: [pending, notExist], polling: { holdSeconds } });

    expect((await run()).output).toMatchObject({ outcome: 'Expired', detail: { attempts: 2 } });
  });

  it('is given up after a dozen faults in a row, over invocations, in about an hour', async () => {
    const { run, polls, elapsed } = setUp({ answers: [pending, unavailable] });

    const { output } = await run();

    expect(output).toMatchObject({
      outcome: 'Failed',
      detail: { reason: 'UpstreamUnavailable', attempts: 13, messages: ['Aspose returned HTTP 503'] },
    });
    expect(polls).toHaveLength(13);
    expect(elapsed()).toBeGreaterThan(2400);
    expect(elapsed()).toBeLessThan(4000);
  });

  it('is forgiven its faults by one good answer', async () => {
    const faults = Array.from({ length: 11 }, () => unavailable);
    const { run } = setUp({ answers: [...faults, pending, ...faults, completed(decoded('text'))] });

    expect((await run()).output).toMatchObject({ outcome: 'Completed', detail: { attempts: 24 } });
  });

  it('waits as long as Retry-After asks', async () => {
    const { run, polls } = setUp({ answers: [{ ...unavailable, retryAfterSeconds: 300 }, completed()] });

    const { waits } = await run();

    expect(waits).toEqual([301]);
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 302.5]);
  });

  it('keeps to its deadline whatever Retry-After asks', async () => {
    const { run, elapsed } = setUp({
      answers: [pending, { ...unavailable, retryAfterSeconds: DAY }],
      polling: { timeoutSeconds: 100 },
    });

    // It was seen alive, so that it is out of time rather than its vendor out of reach.
    expect((await run()).output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'Deadline' } });
    expect(elapsed()).toBeLessThanOrEqual(100);
  });

  it.each([
    ['the vendor was never reached', unavailable, { outcome: 'Failed', reason: 'UpstreamUnavailable' }],
    ['the vendor did not know it yet', notExist, { outcome: 'NotFound' }],
    [
      'its data was not base64',
      completed(undecodable('?')),
      { outcome: 'Failed', reason: 'UndecodableResult' },
    ],
    [
      'its status was unknown',
      answered({ taskStatus: 'Odd' }),
      { outcome: 'Failed', reason: 'UnknownTaskStatus' },
    ],
  ])('has its last fault for an outcome when no poll is left: %s', async (_, poll, ending) => {
    const { run } = setUp({ answers: [poll], polling: { maxPolls: 1 } });

    expect((await run()).output).toMatchObject({ detail: { ...ending, attempts: 1 } });
  });

  it('keeps raw data that is not base64, after fetching it once more', async () => {
    const results = [decoded('fine'), undecodable('not base64')];
    const { run, stored, polls } = setUp({ answers: [completed(...results)] });

    expect((await run()).output).toMatchObject({
      outcome: 'Failed',
      detail: { reason: 'UndecodableResult' },
    });
    expect(stored).toMatchObject([{ results }]);
    expect(polls).toHaveLength(2);
  });

  it("stores nothing of another task's answer", async () => {
    const { run, stored } = setUp({ answers: [answered({ id: 'another', results: [decoded('theirs')] })] });

    expect((await run()).output).toMatchObject({ detail: { reason: 'ContractViolation', attempts: 1 } });
    expect(stored).toEqual([]);
  });
});

describe('what is logged of each poll', () => {
  it('is its number, what was seen, and when the next one is', async () => {
    const { run, reports } = setUp({
      answers: [pending, unavailable, completed(decoded('text'))],
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

  it('names a refusal', async () => {
    const refused: Poll = {
      kind: 'Refused',
      reason: 'CredentialsRejected',
      detail: 'Aspose returned HTTP 403',
    };
    const { run, reports } = setUp({ answers: [refused] });

    await run();

    expect(reports).toMatchObject([{ observed: 'Refused', detail: 'Aspose returned HTTP 403' }]);
  });
});

describe('while polling is paused', () => {
  it('a task waits without a poll, keeps its place, and is collected afterwards', async () => {
    const { run, hooks, polls, pauses, elapsed } = setUp({ answers: [pending, completed()] });
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

  it('its lease is kept up, so that no other execution takes it over', async () => {
    const { invoke, hooks, records, clock } = setUp({ answers: [] });
    hooks.isPollingPaused = () => true;

    await invoke();
    clock.advance(300_000);
    await invoke(otherClaimant);

    expect(records.current()).toMatchObject({ executionArn: EXECUTION, attempts: 0 });
  });

  it("a task's own deadline does not end it: it gets its poll once polling goes on", async () => {
    const { run, hooks, polls, elapsed } = setUp({ answers: [completed()], polling: { timeoutSeconds: 60 } });
    hooks.isPollingPaused = () => elapsed() < 3600;

    expect((await run()).output).toMatchObject({ outcome: 'Completed' });
    expect(polls).toHaveLength(1);
  });

  it('a task whose result Aspose has deleted ends as TimedOut, without a poll', async () => {
    const { run, hooks, polls, elapsed } = setUp({ answers: [] });
    hooks.isPollingPaused = () => true;

    expect((await run()).output).toMatchObject({
      outcome: 'TimedOut',
      detail: { reason: 'Deadline', messages: ['Polling was paused until Aspose had deleted the result.'] },
    });
    expect(polls).toEqual([]);
    expect(elapsed()).toBe(DAY);
  });
});
