import { delimiter, dirname } from 'node:path';
import { LOCAL_CREDENTIALS } from '../../local/aspose-simulator/token-endpoint.ts';
import { chooseVendor } from '../../local/cli/vendor.ts';
import type { Deployment, E2eVendor } from './deployment.ts';
import { freePort } from './free-port.ts';
import { takeSignals, whenInterrupted } from './interruption.ts';
import { isMiniStack, startMiniStack } from './ministack.ts';
import { MINISTACK_LIMITS } from './ministack-limits.ts';
import { ensurePythonEnvironment } from './python-environment.ts';
import { UsageError } from './usage-error.ts';

type Progress = (line: string) => void;

/**
 * Deploys to a MiniStack of its own, runs the suite there, and takes it down.
 *
 * @returns whether all tests passed
 * @throws UsageError when Python or PyPI are missing
 */
export async function runOnMiniStack(
  { keep }: { readonly keep: boolean },
  progress: Progress,
): Promise<boolean> {
  const bin = await ensurePythonEnvironment(progress);
  const { cdkEnvironment, deployToMiniStack } = await import('./deploy.ts');
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
  // Nothing of an account that somebody has set up here: neither its profile nor another service's endpoint.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, environment);

  const port = await freePort();
  Object.assign(process.env, cdkEnvironment(`http://127.0.0.1:${port}`));
  const stackName = await deployToMiniStack(LOCAL_CREDENTIALS, progress);
  const { outputs } = await describeStack(stackName);
  tellLimits(progress);
  const deployment: Deployment = { outputs, vendor: { kind: 'simulator', port }, onMiniStack: true };
  const suitePassed = await runSuite('all.e2e.ts', deployment);
  if (keep) {
    const variables = Object.entries(environment).map((pair) => pair.join('='));
    progress(`MiniStack stays until Ctrl-C. Again, in another shell:`);
    progress(`${variables.join(' ')} npm run e2e -- --stack ${stackName} --simulator-port ${port}`);
    const waiting = setInterval(() => undefined, 60_000);
    await new Promise<void>((resolve) => {
      whenInterrupted(resolve);
    });
    clearInterval(waiting);
    return suitePassed;
  }
  // The documents' commands take the AWS command line, Python and Node.js from the path.
  process.env['PATH'] = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
  return (await runSuite('documents.e2e.ts', deployment)) && suitePassed;
}

/**
 * Runs the suite against a stack that is there, and changes nothing of it.
 *
 * @param simulatorPort where on loopback it expects the simulator, if it does
 * @returns whether all tests passed
 * @throws UsageError when the stack cannot be found
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
    throw new UsageError(`--stack: ${stackName} cannot be looked up: ${reason}`, { cause });
  });
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const onMiniStack = endpoint !== undefined && (await isMiniStack(endpoint));
  if (onMiniStack) tellLimits(progress);
  if (vendor.kind === 'none') {
    progress(
      'not tried: whatever needs a task at Aspose, as ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET are not set',
    );
  }
  if (vendor.kind === 'service') {
    progress('not tried: whatever needs answers of Aspose that only the simulator gives when told to');
  }
  const { runSuite } = await import('./run-suite.ts');
  return await runSuite('all.e2e.ts', { outputs, vendor, onMiniStack });
}

function vendorOf(simulatorPort: number | undefined): E2eVendor {
  if (simulatorPort !== undefined) return { kind: 'simulator', port: simulatorPort };
  const choice = chooseVendor(process.env);
  return choice.kind === 'service' ? choice : { kind: 'none' };
}

function tellLimits(progress: Progress): void {
  for (const wrong of Object.values(MINISTACK_LIMITS)) progress(`not tried on MiniStack: ${wrong}`);
}
