import { expect, test } from 'vitest';
import { readAssembly } from '../../local/embedded-aws/assembly.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { templateForMiniStack } from './template-for-ministack.ts';

const { template: synthesised } = await readAssembly(await ensureAssembly());

test('names each change: what is left out, and the one address that is set', () => {
  const { changes } = templateForMiniStack(synthesised, 'http://127.0.0.1:8080');

  expect(changes.filter((change) => change.startsWith('left out: ')).length).toBeGreaterThan(0);
  expect(changes.filter((change) => !change.startsWith('left out: '))).toEqual([
    expect.stringMatching(/^changed: ASPOSE_BASE_URL of \w+ is http:\/\/127\.0\.0\.1:8080$/),
  ]);
});

test('leaves everything else as it was synthesised', () => {
  const { template, changes } = templateForMiniStack(synthesised, 'http://127.0.0.1:8080');

  const before = Object.entries(Object(synthesised).Resources);
  const after = Object(template).Resources;
  const same = before.filter(([id, resource]) => JSON.stringify(after[id]) === JSON.stringify(resource));
  expect(before.length - same.length).toBe(changes.length);
});

test('keeps no reference to what it left out', () => {
  const { template, changes } = templateForMiniStack(synthesised, 'http://127.0.0.1:8080');
  const gone = changes.flatMap((change) => /^left out: \S+ (\w+)$/.exec(change)?.[1] ?? []);
  const resources = JSON.stringify(
    Object.values(Object(template).Resources).filter(
      (resource) => Object(resource).Type !== 'AWS::CloudWatch::Dashboard',
    ),
  );

  expect(gone.filter((logicalId) => resources.includes(`"${logicalId}"`))).toEqual([]);
});
