import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../functions/contracts/outcomes.ts';
import type { ExecutionInput } from '../../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { Ending } from '../../../functions/core/assess-poll.ts';
import { fetchResult } from '../../../functions/core/fetch-result.ts';
import type { PollingOverrides } from '../../../functions/core/polling-policy.ts';
import type { FetchResultPorts, PollReport } from '../../../functions/core/ports.ts';
import { TaskConflict } from '../../../functions/core/task-errors.ts';
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
import { withoutImages } from '../../support/memory-images.ts';
import { type MemoryRecords, memoryRecords } from '../../support/memory-records.ts';

const DAY = 86_400;

/**
 * Collects a task in memory from a vendor with scripted responses, of which it repeats the last.
 */
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
    ...withoutImages(),
    vendor: {
      async poll(_operation, _taskId, timeoutSeconds) {
        polls.push({ at: elapsed(), timeoutSeconds });
        await hooks.duringPoll();
        const response = responses[Math.min(polls.length, responses.length) - 1];
        if (response === undefined) throw new Error('unexpected poll');
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

  /** Invokes the function once. */
  function invoke(by: Claimant = claimant, input: ExecutionInput = anInput(), limitSeconds = 480) {
    invocationEnds = elapsed() + limitSeconds;
    return fetchResult(input, by, polling, ports);
  }

  /** Invokes and waits as the state machine does, until the task ends. */
  async function run(input: ExecutionInput = anInput()) {
    const waits: number[] = [];
    for (;;) {
      const output = await invoke(claimant, input);
      if ('outcome' in output) return { output, waits };
      if (!('delaySeconds' in output)) throw new TypeError('The task has no image.');
      waits.push(output.delaySeconds);
      clock.advance(output.delaySeconds * 1000);
    }
  }

  return { clock, records, ports, polls, slept, stored, reports, pauses, hooks, invoke, run, elapsed };
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;

/** Makes another write precede the next one, as a concurrent execution does. */
function writeFirst(records: MemoryRecords, record: TaskRecord) {
  const { write } = records;
  records.write = async (own) => {
    records.write = write;
    await write(record);
    return write(own);
  };
}

describe('a task that completes', () => {
  it('within the hold is collected in one invocation', async () => {
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

  it('stores its documents before its record is closed', async () => {
    const { invoke, records, hooks } = setUp({ responses: [completedPoll(decoded('text'))] });
    const outcomesWhenStored: unknown[] = [];
    hooks.store = async () => {
      outcomesWhenStored.push(records.current()?.outcome);
    };

    await invoke();

    expect(outcomesWhenStored).toEqual([undefined]);
    expect(records.current()?.outcome).toBe('Completed');
  });

  it('is polled once per invocation after the hold, at the recorded time', async () => {
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

  it('gets a manifest even without results', async () => {
    const { invoke, stored } = setUp({ responses: [completedPoll()] });

    expect(await invoke()).toMatchObject({ detail: { empty: true, manifest: 'manifest.json' } });
    expect(stored).toHaveLength(1);
  });
});

describe('a wait', () => {
  it('returns its length and the last task status to the state machine', async () => {
    const { invoke, records } = setUp({ responses: [processingPoll], polling: { holdSeconds: 0 } });

    const first = await invoke();

    expect(first).toEqual({ taskStatus: 'Unseen', attempts: 0, delaySeconds: 2 });
    expect(records.current()).toMatchObject({ nextPollAt: instantAfter(2), attempts: 0 });
  });

  it('continues without a poll when an invocation comes too early', async () => {
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

  it('is slept to its end when less than a second is left', async () => {
    const { invoke, clock, polls } = setUp({ responses: [processingPoll], polling: { holdSeconds: 0 } });
    await invoke();
    clock.advance(1200);

    await invoke();

    expect(polls.map(({ at }) => at)).toEqual([2]);
  });

  it('begins when the invocation has too little time left to poll and store', async () => {
    const { invoke, elapsed, records } = setUp({ responses: [pendingPoll], polling: { holdSeconds: 120 } });

    const output = await invoke(claimant, anInput(), 280);

    expect(elapsed()).toBeLessThanOrEqual(10);
    expect(output).toMatchObject({ taskStatus: 'Pending', delaySeconds: 3 });
    expect(records.current()).toMatchObject({ attempts: 5 });
  });
});

describe('the timeout of a poll', () => {
  it.each([
    ['is 150 s at most, so that one poll cannot use up the time to the deadline', 480, 150],
    ['leaves 120 s of the invocation to store the result', 191, 70],
  ])('%s', async (_, invocationSeconds, timeoutSeconds) => {
    const { invoke, polls } = setUp({
      responses: [completedPoll()],
      polling: { firstPollDelaySeconds: 0.5 },
    });

    await invoke(claimant, anInput(), invocationSeconds);

    expect(polls).toMatchObject([{ timeoutSeconds }]);
  });

  it('ends at most ten seconds after the deadline, and is ten seconds for the last poll', async () => {
    const { run, polls } = setUp({ responses: [pendingPoll], polling: { timeoutSeconds: 20 } });

    await run();

    const ends = polls.map(({ at, timeoutSeconds }) => at + timeoutSeconds);
    expect(Math.max(...ends)).toBeLessThanOrEqual(30);
    expect(polls.at(-1)?.timeoutSeconds).toBe(10);
  });
});

describe('a task of another execution', () => {
  it('is joined: its outcome is returned, but not published, without a poll', async () => {
    const { invoke, polls, ports, records, hooks } = setUp({
      responses: [pendingPoll, pendingPoll, completedPoll(decoded('text'))],
    });
    let joined: ReturnType<typeof fetchResult> | undefined;
    hooks.duringPoll = async () => {
      // The joining execution sleeps until the owner has ended the task.
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

  it('is checked once more after a wait when the hold is over', async () => {
    const record = aRecord({ taskStatus: 'Processing', attempts: 20, leaseExpiresAt: instantAfter(2000) });
    const { invoke, slept, records } = setUp({ responses: [], record, startAt: 500 });

    expect(await invoke(otherClaimant)).toEqual({ taskStatus: 'Processing', attempts: 20, delaySeconds: 10 });
    expect(slept).toEqual([]);
    expect(records.current()).toEqual(record);
  });

  it('is not waited for until the last second of the invocation', async () => {
    const record = aRecord({ leaseExpiresAt: instantAfter(2000) });
    const { invoke, elapsed } = setUp({ responses: [], record, polling: { holdSeconds: 120 } });

    await invoke(otherClaimant, anInput(), 280);

    expect(elapsed()).toBeLessThanOrEqual(10);
  });

  it('is a conflict when it is for another operation', async () => {
    const { invoke } = setUp({ responses: [], record: aRecord({ operation: 'RecognizePdf' }) });

    const collecting = invoke(otherClaimant);

    await expect(collecting).rejects.toBeInstanceOf(TaskConflict);
    await expect(collecting).rejects.toThrow(
      `taskId: ${TASK_ID} is recorded for RecognizePdf; it cannot be collected for RecognizeImage`,
    );
  });
});

describe('an execution that loses its task to another', () => {
  it('returns the outcome of the other execution when it cannot close the record', async () => {
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

  it('joins the other execution when it cannot record its next poll', async () => {
    const { invoke, records, hooks } = setUp({ responses: [processingPoll], polling: { holdSeconds: 2 } });
    hooks.duringPoll = async () => {
      const { version } = records.current() ?? { version: 0 };
      await records.write(aRecord({ executionArn: OTHER_EXECUTION, attempts: 9, version: version + 1 }));
    };

    expect(await invoke()).toMatchObject({ attempts: 9, delaySeconds: 8 });
    expect(records.current()).toMatchObject({ executionArn: OTHER_EXECUTION });
  });

  it('returns the outcome of the other execution when it cannot claim the task', async () => {
    const { invoke, records } = setUp({ responses: [completedPoll()] });
    writeFirst(records, aTerminalRecord({ executionArn: OTHER_EXECUTION, version: 1 }));

    expect(await invoke()).toMatchObject({ outcome: 'Completed', publish: false });
  });
});

describe('a retry after a crash', () => {
  it('polls and stores again if the crash came before the documents were stored', async () => {
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

  it('stores the same documents again if the crash came before the record was written', async () => {
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

  it('returns the same output without polling or storing if the record was written', async () => {
    const { invoke, stored, polls, clock } = setUp({ responses: [completedPoll(decoded('text'))] });
    const lost = await invoke();
    clock.advance(8000);

    expect(await invoke()).toEqual(lost);
    expect({ polls: polls.length, stored: stored.length }).toEqual({ polls: 1, stored: 1 });
  });
});

describe('a task that does not complete', () => {
  it('ends as TimedOut at its deadline, after a last poll on the deadline', async () => {
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

  it('ends as TimedOut when Aspose deletes the result before the timeout', async () => {
    const submittedAt = instantAfter(-(DAY - 600));
    const { run, polls } = setUp({ responses: [pendingPoll] });

    const { output } = await run(anInput({ submittedAt }));

    expect(output).toMatchObject({ outcome: 'TimedOut', detail: { reason: 'Deadline' } });
    expect(polls.at(-1)?.at).toBeLessThanOrEqual(600);
  });

  it('is polled once and ends as Expired when it was submitted more than 24 hours ago', async () => {
    const { run, polls } = setUp({ responses: [notExistPoll] });

    const { output } = await run(anInput({ submittedAt: instantAfter(-DAY - 5) }));

    expect(output).toMatchObject({ outcome: 'Expired', publish: true, detail: { attempts: 1 } });
    expect(polls).toMatchObject([{ at: 0 }]);
  });

  it('fails with UpstreamUnavailable after a dozen faults in a row, in about an hour', async () => {
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

  it('waits for the time in Retry-After', async () => {
    const { run, polls } = setUp({
      responses: [{ ...unavailablePoll, retryAfterSeconds: 300 }, completedPoll()],
    });

    const { waits } = await run();

    expect(waits).toEqual([301]);
    expect(polls.map(({ at }) => round(at))).toEqual([1.5, 302.5]);
  });

  const faults = Array.from({ length: 11 }, () => unavailablePoll);
  const interruptedFaults = [...faults, pendingPoll, ...faults, completedPoll()];
  const notBase64 = completedPoll(undecodable('?'));
  const unknownStatus = aPoll({ taskStatus: 'Odd' });
  const later = { ...unavailablePoll, retryAfterSeconds: DAY };

  it.each<[Outcome, string, string | undefined, PollingOverrides, readonly Poll[]]>([
    ['TimedOut', 'its poll budget is used up', 'PollBudget', { maxPolls: 2 }, [pendingPoll, pendingPoll]],
    // Aspose has reported it, so the last fault does not decide.
    ['TimedOut', 'Retry-After is later', 'Deadline', { timeoutSeconds: 100 }, [pendingPoll, later, later]],
    ['NotFound', 'Aspose does not know it twice', undefined, {}, [notExistPoll, notExistPoll]],
    // When no poll is left, the last fault decides.
    ['NotFound', 'Aspose does not know it in the last poll', undefined, { maxPolls: 1 }, [notExistPoll]],
    ['Failed', 'the last poll gets no response', 'UpstreamUnavailable', { maxPolls: 1 }, [unavailablePoll]],
    ['Failed', 'the last data is not base64', 'UndecodableResult', { maxPolls: 1 }, [notBase64]],
    ['Failed', 'the last status is unknown', 'UnknownTaskStatus', { maxPolls: 1 }, [unknownStatus]],
    [
      'Expired',
      'it disappears within an invocation',
      undefined,
      { holdSeconds: 60 },
      [pendingPoll, notExistPoll],
    ],
    [
      'Expired',
      'it disappears between invocations',
      undefined,
      { holdSeconds: 2 },
      [pendingPoll, notExistPoll],
    ],
    ['Completed', 'one response interrupts its faults', undefined, {}, interruptedFaults],
  ])('ends as %s when %s', async (outcome, _, reason, polling, responses) => {
    const { run } = setUp({ responses, polling });

    const { output } = await run();

    expect(output).toMatchObject({ outcome, detail: { attempts: responses.length } });
    expect(output.detail.reason).toBe(reason);
  });

  it('fails with UndecodableResult, its raw data stored, when its data is invalid base64 twice', async () => {
    const results = [decoded('fine'), undecodable('not base64')];
    const { run, stored, polls } = setUp({ responses: [completedPoll(...results)] });

    expect((await run()).output).toMatchObject({
      outcome: 'Failed',
      detail: { reason: 'UndecodableResult' },
    });
    expect(stored).toMatchObject([{ results }]);
    expect(polls).toHaveLength(2);
  });

  it("stores nothing from another task's response", async () => {
    const { run, stored } = setUp({ responses: [aPoll({ id: 'another', results: [decoded('theirs')] })] });

    expect((await run()).output).toMatchObject({ detail: { reason: 'ContractViolation', attempts: 3 } });
    expect(stored).toEqual([]);
  });

  it('waits until a task is 30 s old before it ends it as NotFound', async () => {
    const { run, polls } = setUp({ responses: [notExistPoll] });

    const { output } = await run(anInput({ submittedAt: instantAfter(0) }));

    expect(output).toMatchObject({ outcome: 'NotFound' });
    expect(polls.map(({ at }) => Math.floor(at))).toEqual([1, 3, 7, 15, 31]);
  });

  it.each([
    ['TimedOut', 'Deadline', [pendingPoll, notExistPoll]],
    ['NotFound', undefined, [notExistPoll]],
  ])('ends as %s when NotExist is the last response to a young task', async (outcome, reason, responses) => {
    const { run } = setUp({ responses, polling: { timeoutSeconds: 10 } });

    const { output } = await run(anInput({ submittedAt: instantAfter(0) }));

    expect(output).toMatchObject({ outcome });
    expect(output.detail.reason).toBe(reason);
  });

  it('collects a young task that Aspose has listed and does not list for some seconds', async () => {
    const responses = [pendingPoll, notExistPoll, notExistPoll, completedPoll(decoded('text'))];
    const { run } = setUp({ responses });

    const { output } = await run(anInput({ submittedAt: instantAfter(0) }));

    expect(output).toMatchObject({ outcome: 'Completed', detail: { attempts: 4 } });
  });
});

it('reports the detail of a refused poll', async () => {
  const detail = 'Aspose returned HTTP 403';
  const { run, reports } = setUp({
    responses: [{ kind: 'Refused', reason: 'CredentialsRejected', detail }],
  });

  await run();

  expect(reports).toMatchObject([{ observed: 'Refused', detail }]);
});

describe('while polling is paused', () => {
  it('a task waits without a poll and is collected afterwards', async () => {
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

  it('an execution renews its lease, so that no other execution takes the task over', async () => {
    const { invoke, hooks, records, clock } = setUp({ responses: [] });
    hooks.isPollingPaused = () => true;

    await invoke();
    clock.advance(300_000);
    await invoke(otherClaimant);

    expect(records.current()).toMatchObject({ executionArn: EXECUTION, attempts: 0 });
  });

  it('a task does not end at its deadline, but is polled when polling resumes', async () => {
    const { run, hooks, polls, elapsed } = setUp({
      responses: [completedPoll()],
      polling: { timeoutSeconds: 60 },
    });
    hooks.isPollingPaused = () => elapsed() < 3600;

    expect((await run()).output).toMatchObject({ outcome: 'Completed' });
    expect(polls).toHaveLength(1);
  });

  it('a task ends as TimedOut without a poll when Aspose has deleted the result', async () => {
    const { run, hooks, polls, elapsed } = setUp({ responses: [] });
    hooks.isPollingPaused = () => true;

    expect((await run()).output).toMatchObject({
      outcome: 'TimedOut',
      detail: { reason: 'Deadline', messages: ['Polling stayed paused until Aspose deleted the result.'] },
    });
    expect(polls).toEqual([]);
    expect(elapsed()).toBe(DAY);
  });
});
