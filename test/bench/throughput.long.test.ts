import { expect, it } from 'vitest';
import { measureThroughput } from '../../bench/throughput/measure.ts';
import { throughput, throughputOf } from '../../bench/throughput/throughput.ts';

it('measures the deployed bundle with nothing but its environment', async () => {
  const rounds = await measureThroughput({ rounds: 2, tasks: 3, polls: 5 });

  expect(rounds).toHaveLength(2);
  expect(throughput.report(throughputOf(rounds)).tables).toHaveProperty('throughput-poll');
});
