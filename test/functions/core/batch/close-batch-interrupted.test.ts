import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LINE_OUTCOMES } from '../../../../functions/contracts/batch-record.ts';
import { ending } from '../../../../functions/core/assess-poll.ts';
import {
  type CloseBatchPorts,
  type ClosingExecution,
  closeBatch,
} from '../../../../functions/core/batch/close-batch.ts';
import { sweepTasks } from '../../../../functions/core/sweep-tasks.ts';
import { closeRecord, NOTHING_STORED } from '../../../../functions/core/task-record.ts';
import { START } from '../../../support/builders.ts';
import {
  BATCH_EXECUTION,
  closingBatch,
  closingExecution,
  ITEM_STATES,
} from '../../../support/closing-batch.ts';
import { reproducible } from '../../../support/reproducible.ts';

type World = Awaited<ReturnType<typeof closingBatch>>;

/** Calls that another wraps; `around` runs a call or not. */
type Around = <Result>(call: () => Promise<Result>) => Promise<Result>;

/** Wraps every call of the ports that leaves the process. */
function wrapPorts(ports: CloseBatchPorts, around: Around): CloseBatchPorts {
  const { batches, progress, files, records, images, events } = ports;
  return {
    ...ports,
    batches: {
      read: async (batchId) => around(async () => batches.read(batchId)),
      write: async (record) => around(async () => batches.write(record)),
    },
    progress: {
      ...progress,
      read: async (...args) => around(async () => progress.read(...args)),
      end: async (...args) => around(async () => progress.end(...args)),
    },
    files: {
      read: async (...args) => around(async () => files.read(...args)),
      write: async (...args) => around(async () => files.write(...args)),
      async create(...args) {
        const file = await around(async () => files.create(...args));
        return {
          write: async (text) => around(async () => file.write(text)),
          end: async () => around(async () => file.end()),
          abort: async () => file.abort(),
        };
      },
    },
    records: {
      read: async (taskId) => around(async () => records.read(taskId)),
      write: async (record) => around(async () => records.write(record)),
    },
    images: {
      read: async (imageId) => around(async () => images.read(imageId)),
      write: async (record) => around(async () => images.write(record)),
    },
    events: { publish: async (...args) => around(async () => events.publish(...args)) },
    publishBatch: async (detail) => around(async () => ports.publishBatch(detail)),
    publishRefusal: async (detail) => around(async () => ports.publishRefusal(detail)),
  };
}

class KilledError extends Error {}

/** Ends the invocation at its nth call, before or after the call has had its effect. */
function killAt(ports: CloseBatchPorts, call: number, isAfterEffect: boolean): CloseBatchPorts {
  let calls = 0;
  return wrapPorts(ports, async (run) => {
    calls += 1;
    if (calls < call) return await run();
    if (calls === call && isAfterEffect) await run();
    throw new KilledError();
  });
}

/** Checks what must hold once the batch is closed, whatever happened before. */
function expectClosed({ items, lines, endedRecord, eventsOf, events, records, images }: World): void {
  const ended = endedRecord();
  const { counts = {}, total } = ended;
  expect(lines().map(({ i }) => i)).toEqual(items.map(({ i }) => i));
  for (const outcome of LINE_OUTCOMES) {
    expect(counts[outcome] ?? 0).toBe(lines().filter((line) => line.outcome === outcome).length);
  }
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(total);
  expect(ended.terminalEvent).toBe('Published');
  expect(new Set(eventsOf('OCR Batch Completed').map(({ detail }) => detail)).size).toBe(1);
  // One outcome per task or image, however many deliveries there are.
  expect(new Set(events.map(({ detail }) => detail)).size).toBe(new Set(events.map(({ key }) => key)).size);
  const published = new Set(events.map(({ key }) => key));
  const listed = new Map(lines().map(({ taskId, outcome }) => [taskId, outcome]));
  for (const { taskId, executionArn, outcome, terminalEvent } of records.all.values()) {
    if (executionArn !== BATCH_EXECUTION) continue;
    expect(listed.get(taskId)).toBe(outcome);
    // Its chunk has published the event of a task that has a line.
    if (terminalEvent !== undefined) expect(published).toContain(`RecognizeImage/${taskId}/1`);
  }
  for (const { imageId, executionArn, state, terminalEvent } of images.all.values()) {
    if (executionArn !== BATCH_EXECUTION) continue;
    expect(['Refused', 'Done']).toContain(state);
    if (state === 'Refused')
      expect([terminalEvent, published.has(`image/${imageId}/1`)]).toEqual(['Published', true]);
  }
}

/** An invocation of collect-chunk that still runs: it completes the tasks that are open. */
async function completeOpenTasks({ records, items }: World, around: Around): Promise<void> {
  for (const { i } of items) {
    const record = await around(async () => records.read(`task-${i}`));
    if (record?.executionArn !== BATCH_EXECUTION || record.outcome !== undefined) continue;
    const closed = closeRecord(record, ending({ outcome: 'Completed' }), NOTHING_STORED, START);
    await around(async () => records.write(closed));
  }
}

/** The sweep of close-task, which finds what the batch has started once its execution has ended. */
async function sweepStarted({ ports, records, images }: World, around: Around): Promise<void> {
  await sweepTasks({
    ...wrapPorts(ports, around),
    index: {
      async *expiredLeases() {
        for (const { imageId } of images.all.values()) yield { imageId, executionArn: BATCH_EXECUTION };
        for (const { taskId } of records.all.values()) yield { taskId, executionArn: BATCH_EXECUTION };
      },
    },
    executions: { endOf: async () => 'FAILED' },
    sleep: async () => {},
    random: () => 0,
    onFailure(_, error) {
      throw error;
    },
  });
}

const states = fc.array(fc.constantFrom(...ITEM_STATES), { minLength: 1, maxLength: 8 });
const executions = fc.constantFrom<ClosingExecution>(
  closingExecution,
  { ...closingExecution, status: 'FAILED' },
  { ...closingExecution, status: 'ABORTED' },
);

it('closes the batch in the next step, wherever the step before was killed', async () => {
  const kills = fc.array(fc.record({ call: fc.integer({ min: 1, max: 120 }), isAfterEffect: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(states, kills, executions, async (itemStates, killed, execution) => {
      const world = await closingBatch(itemStates);
      for (const { call, isAfterEffect } of killed) {
        const step = closeBatch(execution, killAt(world.ports, call, isAfterEffect));
        await step.catch((error: unknown) => expect(error).toBeInstanceOf(KilledError));
      }

      await closeBatch(execution, world.ports);

      expectClosed(world);
    }),
    reproducible(),
  );
});

it('closes the batch once when others close it, collect its tasks and sweep them at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      states,
      fc.array(executions, { minLength: 2, maxLength: 3 }),
      fc.scheduler(),
      async (itemStates, closers, scheduler) => {
        const world = await closingBatch(itemStates);
        const around: Around = async (run) => {
          await scheduler.schedule(Promise.resolve());
          return await run();
        };
        const closing = closers.map(async (execution) =>
          closeBatch(execution, wrapPorts(world.ports, around)),
        );

        const others = [completeOpenTasks(world, around), sweepStarted(world, around)];

        const closed = await scheduler.waitFor(Promise.all(closing));
        await scheduler.waitFor(Promise.all(others));

        expectClosed(world);
        const [first] = closed;
        expect(
          closed.every(
            (other) => other.kind === 'Closed' && first?.kind === 'Closed' && other.cause === first.cause,
          ),
        ).toBe(true);
        expect(closed.filter((other) => other.kind === 'Closed' && other.isNew)).toHaveLength(1);
      },
    ),
    reproducible(),
  );
});
