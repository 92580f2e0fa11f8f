import { expect, it } from 'vitest';
import { measureThroughput } from '../../bench/throughput/throughput.ts';

it('measures the production bundle with only its environment variables', async () => {
  const figures = await measureThroughput({ rounds: 2, tasks: 3, polls: 5 });

  expect(Object.values(figures)).toEqual(Array(4).fill(expect.any(Number)));
  expect(figures.cpuMillisecondsPerPoll).toBeGreaterThan(0);
});
