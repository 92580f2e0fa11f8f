import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { asposeEnvironment, newDirectory, runCommand, SAMPLES } from './run-command.ts';

/** A profile whose settings would all reach another service, or none. */
const PROFILE = `[profile other]
use_fips_endpoint = true
use_dualstack_endpoint = true
max_attempts = 0
endpoint_url = http://127.0.0.1:9
region = eu-west-3
`;

/** Nothing listens on this port. */
export const PROXY = 'http://127.0.0.1:9';

/** Expects that an image is recognized as usual, whatever the user's environment variables say. */
export async function expectUsualRun(
  aspose: AsposeSimulator,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const home = await newDirectory();
  await mkdir(join(home, '.aws'));
  await writeFile(join(home, '.aws', 'config'), PROFILE);

  const { status, stderr } = await runCommand(['recognize', join(SAMPLES, 'letter.png')], {
    environment: { ...asposeEnvironment(aspose), HOME: home, ...environment },
    directory: home,
  });

  expect(stderr).toContain('ends as Completed');
  expect(status).toBe(0);
}
