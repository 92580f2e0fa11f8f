import { expect, it } from 'vitest';
import { createProgress } from '../../cli/progress.ts';

it('shows the elapsed time first on a narrow terminal, in one line', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const progress = createProgress({ isTTY: true, columns: 40, write });

  progress.doing('waiting for a whale whose name is longer than any line');
  progress.end();

  expect(written[0]).toMatch(/ 0\.\d s · waiting for a whale/);
  expect(written[0]?.replace('\r\u001b[K', '')).toHaveLength(39);
});

it('draws a bar of what is counted on a terminal', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const progress = createProgress({ isTTY: true, columns: 100, write });

  progress.counted({ done: 1250, total: 5000, text: 'Completed 1,250' });
  progress.end();

  expect(written[0]).toContain(' s · █████░░░░░░░░░░░░░░░ 1,250 of 5,000 · Completed 1,250');
});

it('prints at most one line of what is counted every few seconds elsewhere', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const progress = createProgress({ isTTY: false, columns: 100, write });

  for (let done = 1; done <= 100; done += 1) progress.counted({ done, total: 100, text: '' });

  expect(written).toEqual([expect.stringMatching(/^\[ {2}0\.\d s\] 1 of 100\n$/)]);
});
