import { createServer } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { UsageError } from '../../cli/command-errors.ts';
import { LOCAL_CREDENTIALS } from '../../local/aspose-simulator/token-endpoint.ts';
import { chooseVendor } from '../../local/cli/vendor.ts';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';
import { ensurePythonEnvironment } from '../support/python-environment.ts';
import type { Deployment, E2eVendor } from './deployment.ts';
import { takeSignals, whenInterrupted } from './interruption.ts';
import { MINISTACK_LIMITS } from './ministack/limits.ts';
import { isMiniStack, startMiniStack } from './ministack/server.ts';

type Progress = (line: string) => void;

const MINISTACK = {
  name: 'MiniStack',
  file: join(import.meta.dirname, 'ministack', 'requirements.txt'),
  minimumMinor: 10,
};

/**
 * Starts a MiniStack, deploys to it, and runs the suite and the commands of the documents there.
 *
 * @returns whether all tests passed
 * @throws UsageError when Python or MiniStack cannot be used
 */
export async function runOnMiniStack(
  { keep }: { readonly keep: boolean },
  progress: Progress,
): Promise<boolean> {
  const bin = await ensurePythonEnvironment(MINISTACK, progress);
  const { cdkEnvironment, deployToMiniStack } = await import('./ministack/deploy.ts');
  const { describeStack } = await import('./stack-outputs.ts');
  const { runSuite } = await import('./run-suite.ts');
  takeSignals();
  await using miniStack = await startMiniStack(bin, await freePort());
  progress(`MiniStack listens at ${miniStack.endpoint}`);
  const environment = {
    AWS_ENDPOINT_URL: miniStack.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  // Removes any AWS profile, credentials and endpoints of the person who runs this.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, environment);

  const port = await freePort();
  Object.assign(process.env, cdkEnvironment(`http://127.0.0.1:${port}`));
  const stackName = await deployToMiniStack(LOCAL_CREDENTIALS, progress);
  const { outputs } = await describeStack(stackName);
  reportLimits(progress);
  const deployment: Deployment = { outputs, vendor: { kind: 'simulator', port }, onMiniStack: true };
  const suitePassed = await runSuite('all.e2e.ts', deployment);
  if (keep) {
    const variables = Object.entries(environment).map((pair) => pair.join('='));
    progress('MiniStack runs until Ctrl-C. To run the suite once more, in another shell:');
    progress(`${variables.join(' ')} npm run e2e -- --stack ${stackName} --simulator-port ${port}`);
    const waiting = setInterval(() => undefined, 60_000);
    await new Promise<void>((resolve) => {
      whenInterrupted(resolve);
    });
    clearInterval(waiting);
    return suitePassed;
  }
  // The commands of the documents find the AWS CLI, Python and Node.js on the path.
  process.env['PATH'] = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
  return (await runSuite('pages.e2e.ts', deployment)) && suitePassed;
}

/**
 * Runs the suite against an existing stack, without changing the stack.
 *
 * @param simulatorPort port of 127.0.0.1 at which the stack expects the simulator, if it does
 * @returns whether all tests passed
 * @throws UsageError when the stack cannot be described
 */
export async function runOnStack(
  stackName: string,
  simulatorPort: number | undefined,
  progress: Progress,
): Promise<boolean> {
  const vendor = vendorOf(simulatorPort);
  const { describeStack } = await import('./stack-outputs.ts');
  const { outputs } = await describeStack(stackName).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--stack: ${stackName} cannot be described: ${reason}`, { cause });
  });
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const onMiniStack = endpoint !== undefined && (await isMiniStack(endpoint));
  if (onMiniStack) reportLimits(progress);
  if (vendor.kind === 'none') {
    progress(
      'skipped, because ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET are not set: tests that submit tasks',
    );
  }
  if (vendor.kind === 'service') {
    progress('skipped, because Aspose cannot be scripted: tests that need specific responses');
  }
  const { runSuite } = await import('./run-suite.ts');
  return await runSuite('all.e2e.ts', { outputs, vendor, onMiniStack });
}

async function freePort(): Promise<number> {
  const { url, close } = await listenOnLoopback(createServer());
  await close();
  return Number(new URL(url).port);
}

function vendorOf(simulatorPort: number | undefined): E2eVendor {
  if (simulatorPort !== undefined) return { kind: 'simulator', port: simulatorPort };
  const choice = chooseVendor(process.env);
  return choice.kind === 'service' ? choice : { kind: 'none' };
}

function reportLimits(progress: Progress): void {
  for (const limit of Object.values(MINISTACK_LIMITS)) progress(`skipped on MiniStack, where ${limit}`);
}
