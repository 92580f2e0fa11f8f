import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import { describeStack } from './stack-outputs.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const CDK = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** As bin/ocr-courier.ts names it. */
const STACK_NAME = 'OcrCourier';

/**
 * How the CDK command line is to be run, by us and by the documents' commands: with the app that MiniStack can take, without
 * questions, and with nothing fetched from elsewhere.
 */
export function cdkEnvironment(asposeBaseUrl: string): Readonly<Record<string, string>> {
  return {
    // In a clone of the project: absolute, its path could have blanks, which CDK does not take.
    CDK_APP: 'node e2e/ministack-app.ts',
    CDK_REQUIRE_APPROVAL: 'never',
    CDK_FORCE: 'true',
    CDK_NOTICES: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    E2E_ASPOSE_BASE_URL: asposeBaseUrl,
  };
}

/**
 * Deploys to an empty MiniStack, as users deploy to AWS, and sets the vendor's credentials. The environment is that of
 * `cdkEnvironment`, and says where MiniStack is.
 *
 * @returns the stack's name
 * @throws Error with what the CDK command line said
 */
export async function deployToMiniStack(
  credentials: Credentials,
  progress: (line: string) => void,
): Promise<string> {
  const assembly = await mkdtemp(join(tmpdir(), 'ocr-courier-e2e-assembly-'));
  try {
    await cdk('bootstrap');
    const output = await cdk('deploy', '--output', assembly);
    for (const line of output.split('\n')) if (/^(left out|changed): /.test(line)) progress(line);
  } finally {
    await rm(assembly, { recursive: true, force: true });
  }
  const { outputs } = await describeStack(STACK_NAME);
  await new SecretsManagerClient().send(
    new PutSecretValueCommand({
      SecretId: outputs['CredentialsSecretArn'],
      SecretString: JSON.stringify(credentials),
    }),
  );
  return STACK_NAME;
}

/** @returns all that it wrote */
async function cdk(...options: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [CDK, ...options], {
    cwd: PROJECT,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((cause: unknown) => {
    const { stdout, stderr } = Object(cause);
    throw new Error(`cdk ${options.join(' ')} failed:\n${stdout}\n${stderr}`, { cause });
  });
  return stdout + stderr;
}
