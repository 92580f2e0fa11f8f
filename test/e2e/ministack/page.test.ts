import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../support/project-paths.ts';
import { MINISTACK_LIMITS } from './limits.ts';
import { REFUSED_RESOURCES } from './template.ts';

const page = await readFile(join(PROJECT, 'docs', 'contribute', 'testing.md'), 'utf8');

describe('the page about testing', () => {
  it.each([...Object.keys(REFUSED_RESOURCES), ...Object.values(MINISTACK_LIMITS)])(
    'lists a limit of MiniStack: %s',
    (limit) => {
      expect(page.replace(/\s+/g, ' ')).toContain(limit);
    },
  );
});
