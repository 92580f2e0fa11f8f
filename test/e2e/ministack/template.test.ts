import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/embedded-aws/assembly.ts';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';
import { templateForMiniStack } from './template.ts';

const { template: synthesized } = await readAssembly(await ensureAssembly());

describe('templateForMiniStack', () => {
  it('reports each removed resource and the changed address', () => {
    const { changes } = templateForMiniStack(synthesized, 'http://127.0.0.1:8080');

    expect(changes.filter((change) => change.startsWith('removed: ')).length).toBeGreaterThan(0);
    expect(changes.filter((change) => !change.startsWith('removed: '))).toEqual([
      expect.stringMatching(/^changed: ASPOSE_BASE_URL of \w+ is http:\/\/127\.0\.0\.1:8080$/),
    ]);
  });

  it('changes nothing else', () => {
    const { template, changes } = templateForMiniStack(synthesized, 'http://127.0.0.1:8080');

    const before = Object.entries(Object(synthesized).Resources);
    const after = Object(template).Resources;
    const same = before.filter(([id, resource]) => JSON.stringify(after[id]) === JSON.stringify(resource));
    expect(before.length - same.length).toBe(changes.length);
  });

  it('keeps no reference to a removed resource', () => {
    const { template, changes } = templateForMiniStack(synthesized, 'http://127.0.0.1:8080');
    const gone = changes.flatMap((change) => /^removed: \S+ (\w+)$/.exec(change)?.[1] ?? []);
    const resources = JSON.stringify(
      Object.values(Object(template).Resources).filter(
        (resource) => Object(resource).Type !== 'AWS::CloudWatch::Dashboard',
      ),
    );

    expect(gone.filter((logicalId) => resources.includes(`"${logicalId}"`))).toEqual([]);
  });
});
