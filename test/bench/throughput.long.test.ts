import { expect, it } from 'vitest';
import { measure } from '../../bench/throughput/measure.ts';
import { throughput, throughputOf } from '../../bench/throughput/throughput.ts';

it('collects tasks with nothing beside the bundle but its environment, and reports what that cost', async () => {
  const rounds = await measure({ rounds: 2, tasks: 3, tasksAtOnce: 2, polls: 5 });

  expect(rounds).toHaveLength(2);
  expect(throughput.report(throughputOf(rounds))).toContain('our own work of a poll');
});
