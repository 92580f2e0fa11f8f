import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/embedded-aws/assembly.ts';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { MINISTACK_LIMITS } from './limits.ts';
import { REFUSED_RESOURCES, templateForMiniStack } from './template.ts';

const { template: synthesized } = await readAssembly(await ensureAssembly());
const { template, changes } = templateForMiniStack(synthesized, 'http://127.0.0.1:8080');

describe('templateForMiniStack', () => {
  it('reports each removed resource and the changed address of each function', () => {
    expect(changes.filter((change) => change.startsWith('removed: ')).length).toBeGreaterThan(0);
    const changed = /^changed: ASPOSE_BASE_URL of \w+ is http:\/\/127\.0\.0\.1:8080$/;
    // submit-image, fetch-result and collect-chunk.
    expect(changes.filter((change) => !change.startsWith('removed: '))).toEqual([
      expect.stringMatching(changed),
      expect.stringMatching(changed),
      expect.stringMatching(changed),
    ]);
  });

  it('changes nothing else', () => {
    const before = Object.entries(Object(synthesized).Resources);
    const after = Object(template).Resources;
    const same = before.filter(([id, resource]) => JSON.stringify(after[id]) === JSON.stringify(resource));
    expect(before.length - same.length).toBe(changes.length);
  });

  it('keeps no reference to a removed resource', () => {
    const gone = changes.flatMap((change) => /^removed: \S+ (\w+)$/.exec(change)?.[1] ?? []);
    const resources = JSON.stringify(
      Object.values(Object(template).Resources).filter(
        (resource) => Object(resource).Type !== 'AWS::CloudWatch::Dashboard',
      ),
    );

    expect(gone.filter((logicalId) => resources.includes(`"${logicalId}"`))).toEqual([]);
  });
});

describe('the page about testing', async () => {
  const page = await readFile(join(PROJECT, 'docs', 'contribute', 'testing.md'), 'utf8');

  it.each([...Object.keys(REFUSED_RESOURCES), ...Object.values(MINISTACK_LIMITS)])(
    'lists a limit of MiniStack: %s',
    (limit) => expect(page.replace(/\s+/g, ' ')).toContain(limit),
  );
});
