import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/data-fixture.ts';
import { PROJECT } from '../support/project-paths.ts';

it.each([
  ['{"polling":{"maxPolls":0}}', 'polling.maxPolls: got 0; allowed: a whole number from 1 to 1600'],
  ['{"asposeBaseUrl":"http://x"}', 'asposeBaseUrl: got http://x/; allowed: an https URL'],
])('cdk synth reports the mistake in %s in one line', async (context, message) => {
  const cdk = join(PROJECT, 'node_modules', '.bin', 'cdk');
  const directory = await temporaryDirectory();
  const args = ['synth', '--no-notices', '--output', directory, '--context', `ocr-courier=${context}`];

  const { status, stderr } = spawnSync(cdk, args, { cwd: PROJECT, encoding: 'utf8' });

  const [line, ...rest] = stderr.trimEnd().split('\n');
  expect(line).toContain(`ocr-courier: ${message}`);
  // The CDK adds a line of its own.
  expect(rest).toEqual(['node bin/ocr-courier.ts: Subprocess exited with error 1']);
  expect(status).toBe(1);
});
