import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Credentials } from '../../../functions/contracts/credentials.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { describeStack } from '../stack-outputs.ts';

const CDK = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** The name that bin/ocr-courier.ts gives the stack. */
const STACK_NAME = 'OcrCourier';

/**
 * Environment variables for the CDK CLI, here and in the commands of the documents: use the app for
 * MiniStack, ask no questions and download nothing.
 */
export function cdkEnvironment(asposeBaseUrl: string): Readonly<Record<string, string>> {
  return {
    // Relative, because CDK splits this command at blanks, which an absolute path may contain.
    CDK_APP: 'node test/e2e/ministack/app.ts',
    CDK_REQUIRE_APPROVAL: 'never',
    CDK_FORCE: 'true',
    CDK_NOTICES: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    E2E_ASPOSE_BASE_URL: asposeBaseUrl,
  };
}

/**
 * Deploys to an empty MiniStack, as users deploy to AWS, and sets the credentials for Aspose. The
 * process's environment must contain `cdkEnvironment` and the address of MiniStack.
 *
 * @returns the stack's name
 * @throws Error with the output of the CDK CLI
 */
export async function deployToMiniStack(
  credentials: Credentials,
  progress: (line: string) => void,
): Promise<string> {
  const assembly = await mkdtemp(join(tmpdir(), 'ocr-courier-e2e-assembly-'));
  try {
    await cdk('bootstrap');
    const output = await cdk('deploy', '--output', assembly);
    for (const line of output.split('\n')) if (/^(removed|changed): /.test(line)) progress(line);
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

/** @returns everything that the CDK CLI wrote */
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
