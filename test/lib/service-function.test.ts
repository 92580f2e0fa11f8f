import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../bench/startup/bundles.ts';
import { listen, replyWithJson } from '../support/loopback-server.ts';
import { PROJECT } from '../support/project-paths.ts';

const SCRIPT = `
const { clients: [client] } = require(process.argv[1]);
client.config.credentials().then(({ accessKeyId }) => process.stdout.write(accessKeyId));
`;

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
  ({ file } = await bundle(join(PROJECT, 'bench', 'startup', 'sdk-baseline.ts'), directory));
});
afterAll(() => rm(directory, { recursive: true }));

async function accessKeyIn(env: Readonly<Record<string, string>>): Promise<string> {
  const args = ['--input-type=commonjs', '--eval', SCRIPT, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { AWS_REGION: 'us-east-1', ...env },
  });
  return stdout;
}

describe('an AWS client in a bundle', () => {
  it('reads its credentials from the environment variables that Lambda sets', async () => {
    expect(await accessKeyIn({ AWS_ACCESS_KEY_ID: 'environment', AWS_SECRET_ACCESS_KEY: 'secret' })).toBe(
      'environment',
    );
  });

  it('uses the other credential providers only when the library path contains the SDK', async () => {
    const { baseUrl } = await listen(
      replyWithJson({
        AccessKeyId: 'container',
        SecretAccessKey: 'secret',
        Token: 'token',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${baseUrl}/credentials` };

    await expect(accessKeyIn(container)).rejects.toThrow(
      "Cannot find module '@aws-sdk/credential-provider-ini'",
    );
    expect(await accessKeyIn({ ...container, NODE_PATH: join(PROJECT, 'node_modules') })).toBe('container');
  });
});
