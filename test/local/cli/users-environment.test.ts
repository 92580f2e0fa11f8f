import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { asposeEnvironment, newDirectory, runCommand, SAMPLES } from '../../support/run-command.ts';

/** A profile whose settings would all reach another service, or none. */
const PROFILE = `[profile other]
use_fips_endpoint = true
use_dualstack_endpoint = true
max_attempts = 0
endpoint_url = http://127.0.0.1:9
region = eu-west-3
`;

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
});
afterAll(() => aspose.close());

/** Nothing listens on this port. */
const PROXY = 'http://127.0.0.1:9';

it.concurrent.each<Record<string, string>>([
  { AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_MAX_ATTEMPTS: '0', AWS_RETRY_MODE: 'none' },
  { AWS_ENDPOINT_URL: PROXY, AWS_REGION: 'eu-west-3', AWS_CA_BUNDLE: '/nowhere', AWS_ACCOUNT_ID: '1' },
  { AWS_PROFILE: 'other', AWS_SDK_LOAD_CONFIG: '1' },
  { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY },
  { NODE_USE_ENV_PROXY: '1', http_proxy: PROXY, no_proxy: 'example.com' },
  { NODE_OPTIONS: '--use-env-proxy', http_proxy: PROXY, NO_PROXY: '*' },
])('submits and collects as usual with the environment %j', async (environment) => {
  const home = await newDirectory();
  await mkdir(join(home, '.aws'));
  await writeFile(join(home, '.aws', 'config'), PROFILE);

  const { status, stderr } = await runCommand(['recognize', join(SAMPLES, 'letter.png')], {
    environment: { ...asposeEnvironment(aspose), HOME: home, ...environment },
    directory: home,
  });

  expect(stderr).toContain('ends as Completed');
  expect(status).toBe(0);
});
