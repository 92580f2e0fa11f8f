import { expect, it } from 'vitest';
import { createProgress } from '../../../local/cli/progress.ts';

it('shows the elapsed time first on a narrow terminal, in one line', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const progress = createProgress({ isTTY: true, columns: 40, write });

  progress.doing('waiting for a whale whose name is longer than any line');
  progress.end();

  expect(written[0]).toMatch(/ 0\.\d s · waiting for a whale/);
  expect(written[0]?.replace('\r\u001b[K', '')).toHaveLength(39);
});
