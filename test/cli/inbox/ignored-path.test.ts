import { expect, it } from 'vitest';
import { isIgnoredPath } from '../../../cli/inbox/ignored-path.ts';

it.each([
  '.hidden.png',
  '.git/a.png',
  'a/../../b.png',
  '..\\b.png',
  '~$letter.docx',
  'a.tmp',
  'a.PART',
  'a.partial',
  'a.CRDOWNLOAD',
  'upload.part/a.png',
  'a/Thumbs.db',
  'THUMBS.DB',
])('ignores %s', (path) => {
  expect(isIgnoredPath(path)).toBe(true);
});

it.each(['', 'a.png', 'a.tmp.png', 'b/über uns.PNG', 'part', 'tmp/a.png', '~a.png', 'a~$b', 'my thumbs.db'])(
  'does not ignore %j',
  (path) => {
    expect(isIgnoredPath(path)).toBe(false);
  },
);
