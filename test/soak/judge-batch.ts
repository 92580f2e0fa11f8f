import { expect } from 'vitest';
import { expectSoundBatchEnd, expectSoundImageLine } from '../faults/cases/batch-case.ts';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import type { SettledBatch } from '../support/batches.ts';
import type { BatchPlan } from './batch-plan.ts';

/** Compares a batch with its plan and the records of its tasks. @returns each contradiction */
export async function batchProblems(
  courier: FaultyCourier,
  plan: BatchPlan,
  settled: SettledBatch,
): Promise<string[]> {
  const { record, execution, events, lines } = settled;
  if (record?.outcome === undefined) return [`it has not ended: ${record?.status ?? 'there is no record'}`];
  const { outcome, reason } = record;
  const accepted = [
    'Completed',
    ...(plan.cancelledAfterSeconds === undefined ? [] : ['Cancelled']),
    // A state has failed seven times.
    ...(execution.history.filter(({ type }) => type === 'StateRetried').length >= 6 ? ['Failed'] : []),
  ];
  const problems = accepted.includes(outcome)
    ? []
    : [`it ended as ${outcome}, ${reason}; accepted: ${accepted.join(' or ')}`];
  if (events.length === 0) problems.push('there is no event');
  try {
    await expectSoundBatchEnd(courier, settled, {
      ...{ outcome, execution: {}, events: events.length, hasNoResults: lines.length === 0 },
      ...(reason !== undefined && { reason }),
    });
    if (lines.length > 0)
      expect(lines).toHaveLength(plan.tasks.length + plan.oldTaskIds.length + plan.imageKeys.length);
    for (const line of lines) {
      if (line.imageId !== undefined) await expectSoundImageLine(courier, line);
      const task = line.taskId === undefined ? undefined : await courier.records.read(line.taskId);
      const ends = task?.outcome === undefined ? ['Expired', 'Refused', 'NotStarted'] : [task.outcome];
      // An item that another execution was collecting when the batch ended was not started by it.
      expect([...ends, 'NotStarted'], `line ${line.i}`).toContain(line.outcome);
      if (outcome === 'Completed' && plan.cancelledAfterSeconds === undefined && accepted.length === 1)
        expect(line.reason, `line ${line.i}`).not.toBe('Cancelled');
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return problems;
}
