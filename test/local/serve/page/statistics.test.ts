import { expect, it } from 'vitest';
import {
  distributeDurations,
  distributeOutcomes,
  distributePolls,
} from '../../../../local/serve/page/statistics.ts';

const START = '2026-03-01T12:00:00.000Z';

const task = (status: 'Completed' | 'Failed' | 'Collecting', seconds = 1, attempts = 1) => ({
  status,
  attempts,
  startedAt: START,
  ...(status !== 'Collecting' && {
    completedAt: new Date(Date.parse(START) + seconds * 1000).toISOString(),
  }),
});

it('counts outcomes in the order of the documents, and those that are collected last', () => {
  const tasks = [task('Collecting'), task('Failed'), task('Completed'), task('Completed')];

  expect(distributeOutcomes(tasks)).toEqual({
    bars: [
      { label: 'Completed', count: 2 },
      { label: 'Failed', count: 1 },
      { label: 'Collecting', count: 1 },
    ],
    summary: '4 tasks: 2 Completed, 1 Failed, 1 Collecting.',
  });
});

it('distributes the time to result of completed tasks over classes, with its quantiles', () => {
  const tasks = [0.5, 1, 3.9, 4, 700].map((seconds) => task('Completed', seconds));

  const { bars, summary } = distributeDurations([...tasks, task('Failed', 9000), task('Collecting')]);

  expect(bars.map(({ label, count }) => `${label}: ${count}`)).toEqual([
    'under 1 s: 1',
    'to 2 s: 1',
    'to 4 s: 1',
    'to 8 s: 1',
    'to 15 s: 0',
    'to 30 s: 0',
    'to 1 min: 0',
    'to 5 min: 0',
    'to 60 min: 1',
  ]);
  expect(summary).toBe('5 results: half within 3.9 s, 90 % within 11 min 40 s, 99 % within 11 min 40 s.');
});

it('distributes the polls of ended tasks, up to the most', () => {
  const tasks = [1, 2, 2, 7].map((attempts) => task('Completed', 1, attempts));

  const { bars, summary } = distributePolls([...tasks, task('Collecting', 1, 99)]);

  expect(bars.map(({ label, count }) => `${label}: ${count}`)).toEqual([
    '1: 1',
    '2: 2',
    '3: 0',
    '4: 0',
    '5: 0',
    '6 to 10: 1',
  ]);
  expect(summary).toBe('12 polls of 4 ended tasks: 3.0 per task, at most 7.');
});

it('says that there is nothing yet', () => {
  expect(distributeDurations([task('Collecting')])).toEqual({ bars: [], summary: 'No results yet.' });
  expect(distributePolls([task('Collecting')])).toEqual({ bars: [], summary: 'No task has ended yet.' });
});
