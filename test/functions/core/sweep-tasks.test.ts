import { describe, expect, it } from 'vitest';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { EndedExecution } from '../../../functions/core/close-task.ts';
import { RESULT_LIFETIME_SECONDS } from '../../../functions/core/polling-policy.ts';
import { sweepTasks } from '../../../functions/core/sweep-tasks.ts';
import {
  aRecord,
  aTerminalRecord,
  BUCKET,
  EXECUTION,
  instantAfter,
  OTHER_EXECUTION,
  START,
} from '../../support/builders.ts';
import { withoutImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

/** Its multiples are spread evenly. */
const GOLDEN_RATIO = 0.618;

type Status = EndedExecution['status'] | undefined;

function setUp(listed: readonly TaskRecord[], statusOf: (executionArn: string) => Status = () => 'FAILED') {
  const records = memoryRecords(...listed);
  const published: TaskEventDetail[] = [];
  const failures: string[] = [];
  const described: string[] = [];
  let remainingSeconds = 300;
  let draws = 0;
  let refuses = (_: TaskEventDetail): boolean => false;
  const sweep = () =>
    sweepTasks({
      records,
      ...withoutImages(),
      publishRefusal: async () => {},
      maxUploads: 2,
      events: {
        async publish(_, detail) {
          if (refuses(detail)) throw new Error('refused');
          published.push(detail);
        },
      },
      index: {
        async *expiredLeases(_, from) {
          const isLater = ({ startedAt }: TaskRecord) => Date.parse(startedAt) >= from;
          yield* listed.filter(isLater);
          yield* listed.filter((record) => !isLater(record));
        },
      },
      executions: {
        async endOf(executionArn) {
          described.push(executionArn);
          return statusOf(executionArn);
        },
      },
      bucket: BUCKET,
      now: () => START + RESULT_LIFETIME_SECONDS * 1000,
      sleep: async (seconds) => {
        remainingSeconds -= seconds;
      },
      random() {
        draws += 1;
        return (draws * GOLDEN_RATIO) % 1;
      },
      remainingSeconds: () => remainingSeconds,
      onFailure: (taskId) => failures.push(taskId),
    });
  return {
    ...{ sweep, records, published, failures, described },
    refuse(refused: typeof refuses) {
      refuses = refused;
    },
    /** Begins another invocation. */
    restart(seconds: number) {
      remainingSeconds = seconds;
    },
  };
}

describe('a sweep', () => {
  it.each([
    ['ABORTED', { outcome: 'Cancelled' }],
    ['FAILED', { outcome: 'Failed', reason: 'InternalError' }],
    ['TIMED_OUT', { outcome: 'Failed', messages: ['The execution timed out.'] }],
  ] as const)('closes an open task whose execution is %s', async (status, expected) => {
    const { sweep, records, published } = setUp([aRecord({ attempts: 3 })], () => status);

    expect(await sweep()).toEqual(published.map((detail) => ({ kind: 'Published', detail })));
    expect(published).toMatchObject([{ ...expected, attempts: 3 }]);
    expect(records.current()).toMatchObject({ ...expected, terminalEvent: 'Published' });
  });

  it('publishes the event of an ended task that is still unpublished', async () => {
    const { sweep, published } = setUp([aTerminalRecord({ terminalEvent: 'Pending' })]);

    await sweep();

    expect(published).toMatchObject([{ outcome: 'Completed' }]);
  });

  it.each([
    ['is running', aRecord(), () => undefined],
    ['is no longer the owner', aRecord({ executionArn: OTHER_EXECUTION }), () => 'FAILED' as const],
  ])('leaves a task whose execution %s', async (_, current, statusOf) => {
    const { sweep, records, published } = setUp([aRecord()], statusOf);
    records.all.set(current.taskId, current);

    expect(await sweep()).toEqual([]);
    expect(published).toEqual([]);
    expect(records.current()).toEqual(current);
  });

  it('publishes nothing twice when the index is out of date', async () => {
    const { sweep, published } = setUp([aRecord()]);

    await sweep();
    await sweep();

    expect(published).toHaveLength(1);
  });

  it('publishes nothing for a task whose execution ended it normally after it was listed', async () => {
    const { sweep, records, published } = setUp([aRecord()]);
    records.all.set(aRecord().taskId, aTerminalRecord());

    expect(await sweep()).toEqual([]);
    expect(published).toEqual([]);
  });

  it('reaches every task within a few runs, however many tasks are waiting for an invocation', async () => {
    const waiting = Array.from({ length: 5000 }, (_, i) =>
      aRecord({ taskId: `task-${i}`, startedAt: instantAfter(i * 10) }),
    );
    const dead = aRecord({ taskId: 'dead', executionArn: OTHER_EXECUTION, startedAt: instantAfter(50_000) });
    const { sweep, published, restart } = setUp([...waiting, dead], (arn) =>
      arn === OTHER_EXECUTION ? 'FAILED' : undefined,
    );

    for (let run = 0; run < 20; run += 1) {
      restart(180);
      await sweep();
    }

    expect(published).toMatchObject([{ taskId: 'dead' }]);
  });

  it('goes on after a task that it cannot close', async () => {
    const [first, second] = ['one', 'two'].map((taskId) => aRecord({ taskId }));
    if (first === undefined || second === undefined) throw new Error();
    const { sweep, published, failures, refuse } = setUp([first, second]);
    refuse(({ taskId }) => taskId === 'one');

    await sweep();

    expect(failures).toEqual(['one']);
    expect(published).toMatchObject([{ taskId: 'two' }]);
  });

  it('stops before its invocation does, and asks for at most five executions per second', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => aRecord({ taskId: `task-${i}` }));
    const { sweep, described } = setUp(many, () => undefined);

    await sweep();

    expect(new Set(described)).toEqual(new Set([EXECUTION]));
    expect(described.length).toBeGreaterThan(1000);
    expect(described.length).toBeLessThan((300 - 30) * 5 + 2);
  });
});
