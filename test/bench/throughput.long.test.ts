import { expect, it } from 'vitest';
import { measureThroughput } from '../../bench/throughput/throughput.ts';

it('measures the production bundle with only its environment variables', async () => {
  const figures = await measureThroughput({ rounds: 2, tasks: 3, polls: 5 });

  // So few repetitions measure noise, which may be negative.
  expect(Object.values(figures).map(Number.isFinite)).toEqual(Array(4).fill(true));
});
