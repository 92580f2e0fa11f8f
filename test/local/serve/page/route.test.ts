import { expect, it } from 'vitest';
import { batchHref, parseRoute, taskHref } from '../../../../local/serve/page/route.ts';

it('reads the addresses that it writes, with any words of a search', () => {
  const match = { query: '"a b" ü* & #?', index: 2 };

  expect(parseRoute(taskHref('task-1'))).toEqual({ kind: 'task', taskId: 'task-1' });
  expect(parseRoute(taskHref('task-1', match))).toEqual({ kind: 'task', taskId: 'task-1', match });
  expect(parseRoute(batchHref('scans'))).toEqual({ kind: 'batch', batchId: 'scans' });
});

it.each(['', '#', '#task/', '#task/a/b', '#task/%2e%2e', `#task/${'a'.repeat(65)}`, '#other/a', '#task/<b>'])(
  'shows nothing for %s',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ kind: 'none' });
  },
);
