import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchInput } from '../../../../functions/contracts/batch-input.ts';
import { newBatch } from '../../../../functions/core/batch/batch-record.ts';
import { startBatch } from '../../../../functions/core/batch/start-batch.ts';
import { BatchConflict } from '../../../../functions/core/task-errors.ts';
import { aBatchInput, aBatchRecord, BATCH_ID } from '../../../support/batch-builders.ts';
import { START } from '../../../support/builders.ts';
import { memoryPorts } from '../../../support/memory-ports.ts';

function setUp() {
  const memory = memoryPorts();
  const prepared: string[] = [];
  const start = (input: BatchInput = aBatchInput()) =>
    startBatch(
      { batchId: BATCH_ID, input, prepare: async () => void prepared.push('prepared') },
      memory.ports,
    );
  return { ...memory, prepared, start };
}

const otherInput = aBatchInput({ concurrency: 20 });

describe('starting a batch', () => {
  it('starts an execution with the id as its name, and writes the record', async () => {
    const { start, batches, batchExecutions, prepared } = setUp();

    const { record, isNew } = await start();

    expect(isNew).toBe(true);
    expect([...batchExecutions]).toMatchObject([[BATCH_ID, { input: aBatchInput() }]]);
    expect(batches.current()).toEqual(record);
    expect(record).toMatchObject({ batchId: BATCH_ID, status: 'Opening', concurrency: 10, version: 1 });
    expect(prepared).toHaveLength(1);
  });

  it('returns the same batch, running or ended, for the same request', async () => {
    const { start, batches, batchExecutions, prepared } = setUp();
    const { record } = await start();
    batchExecutions.set(BATCH_ID, { kind: 'Ended', startedAt: START });
    const ended = { ...record, status: 'Completed', outcome: 'Completed', version: 2 } as const;
    await batches.write(ended);

    expect(await start()).toEqual({ record: ended, isNew: false });
    expect(prepared).toHaveLength(1);
  });

  it('ignores the link to the parent that the console adds to an input', async () => {
    const { start, batchExecutions } = setUp();
    await start();

    const again = await start(aBatchInput({ AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' }));

    expect(again.isNew).toBe(false);
    expect(batchExecutions.size).toBe(1);
  });

  it('S38: refuses another request with the id, and prepares nothing for it', async () => {
    const { start, prepared } = setUp();
    await start();

    await expect(start(otherInput)).rejects.toThrow(BatchConflict);
    expect(prepared).toHaveLength(1);
  });

  it('refuses another request with the id while the record is not written yet', async () => {
    const { start, batches } = setUp();
    await start();
    batches.all.clear();

    await expect(start(otherInput)).rejects.toThrow(BatchConflict);
    expect(batches.all.size).toBe(0);
  });

  it.each([
    ['has been deleted', undefined],
    ['has expired', aBatchRecord({ expiresAt: START / 1000 })],
  ])('refuses the same request when the record of its ended batch %s', async (_, record) => {
    const { start, batches, batchExecutions } = setUp();
    batchExecutions.set(BATCH_ID, { kind: 'Ended', startedAt: START });
    if (record !== undefined) batches.all.set(BATCH_ID, record);

    await expect(start()).rejects.toThrow(
      `batchId: ${BATCH_ID} is in use for another request; ids stay in use for 90 days`,
    );
  });

  it('keeps the record that the execution has written meanwhile', async () => {
    const { ports, batches } = setUp();
    const input = aBatchInput();
    const opened = {
      ...(await newBatch(BATCH_ID, input, { executionArn: 'arn', startedAt: START })),
      total: 5,
    };
    const batchExecutions = {
      ...ports.batchExecutions,
      async start(name: string, given: BatchInput) {
        const started = await ports.batchExecutions.start(name, given);
        batches.all.set(BATCH_ID, opened);
        return started;
      },
    };

    const started = await startBatch({ batchId: BATCH_ID, input }, { ...ports, batchExecutions });

    expect(started).toEqual({ record: opened, isNew: true });
  });

  it('returns the batch that another caller started and that ended meanwhile', async () => {
    const { ports, batches } = setUp();
    const input = aBatchInput();
    const created = await newBatch(BATCH_ID, input, { executionArn: 'arn', startedAt: START });
    const ended = { ...created, status: 'Completed', outcome: 'Completed' } as const;
    const batchExecutions = {
      ...ports.batchExecutions,
      async start() {
        batches.all.set(BATCH_ID, ended);
        return { kind: 'Ended', startedAt: START } as const;
      },
    };

    const started = await startBatch({ batchId: BATCH_ID, input }, { ...ports, batchExecutions });

    expect(started).toEqual({ record: ended, isNew: false });
  });

  it('starts one batch for two callers at once', async () => {
    const { start, batches, batchExecutions } = setUp();

    const [one, other] = await Promise.all([start(), start()]);

    expect(one.record).toEqual(other.record);
    expect(batchExecutions.size).toBe(1);
    expect(batches.current()?.version).toBe(1);
  });
});

/** Requests for few ids, some of which fail before or after their effect. */
const requests = fc.array(
  fc.record({
    batchId: fc.constantFrom('a', 'b'),
    concurrency: fc.constantFrom(1, 2),
    fault: fc.constantFrom(undefined, 'before start', 'after start', 'before write', 'after write'),
  }),
  { minLength: 1, maxLength: 12 },
);

it('binds each id to the request of its one execution, whatever requests come and fail', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (sequence) => {
      const { ports, batches, batchExecutions } = setUp();
      for (const { batchId, concurrency, fault } of sequence) {
        const failAt = (moment: typeof fault) => {
          if (fault === moment) throw new Error('ThrottlingException');
        };
        const faulty = {
          ...ports,
          batches: {
            ...batches,
            async write(record: Parameters<typeof batches.write>[0]) {
              failAt('before write');
              const isWritten = await batches.write(record);
              failAt('after write');
              return isWritten;
            },
          },
          batchExecutions: {
            ...ports.batchExecutions,
            async start(name: string, input: BatchInput) {
              failAt('before start');
              const started = await ports.batchExecutions.start(name, input);
              failAt('after start');
              return started;
            },
          },
        };
        const execution = batchExecutions.get(batchId);
        const bound = execution?.kind === 'Running' ? execution.input.concurrency : concurrency;
        const start = startBatch({ batchId, input: aBatchInput({ concurrency }) }, faulty);

        const problem = await start.then(
          ({ record }) => record.concurrency,
          (error: Error) => error.name,
        );

        // A fault reaches the caller, who repeats the request; it is never taken for a conflict.
        const allowed = bound === concurrency ? [concurrency] : ['BatchConflict'];
        expect(fault === undefined ? allowed : [...allowed, 'Error']).toContain(problem);
      }
      for (const [batchId, record] of batches.all) {
        expect(batchExecutions.get(batchId)).toMatchObject({ input: { concurrency: record.concurrency } });
      }
    }),
  );
});
