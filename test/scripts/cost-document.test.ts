import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { costDocument } from '../../scripts/cost-document.ts';

test('docs/costs.md is what `npm run generate` makes now', async () => {
  const committed = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'costs.md'), 'utf8');

  expect(committed).toBe(costDocument());
});
