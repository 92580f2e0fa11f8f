import { Command, InvalidArgumentError } from 'commander';
import { startVitest } from 'vitest/node';
import { LOCAL_CREDENTIALS } from '../local/aspose-simulator/access-tokens.ts';
import { UsageError as BadEnvironment } from '../local/cli/command-errors.ts';
import { chooseVendor } from '../local/cli/vendor.ts';
import { deployToMiniStack } from './deploy.ts';
import type { Deployment, E2eVendor } from './deployment.ts';
import { freePort } from './free-port.ts';
import { isMiniStack, startMiniStack } from './ministack.ts';
import { ensurePythonEnvironment } from './python-environment.ts';
import { describeStack } from './stack-outputs.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  readonly stack?: string;
  readonly simulatorPort?: number;
}

const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run e2e --')
  .description(
    'Tries a deployed stack. By default MiniStack is installed, started, deployed to and stopped again.',
  )
  .option('--stack <name>', 'the stack of that name, in AWS or at AWS_ENDPOINT_URL, instead')
  .option(
    '--simulator-port <port>',
    'with --stack: where on loopback that stack expects the simulator',
    parsePort,
  )
  .action(async ({ stack, simulatorPort }: Options) => {
    if (stack === undefined && simulatorPort !== undefined)
      throw new UsageError('--simulator-port goes with --stack only.');
    const passed = await (stack === undefined ? onMiniStack() : onStack(stack, simulatorPort));
    process.exitCode = passed ? 0 : 1;
  });

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new InvalidArgumentError('Allowed: 1 to 65535.');
}

async function onMiniStack(): Promise<boolean> {
  const bin = await ensurePythonEnvironment(progress);
  await using miniStack = await startMiniStack(bin, await freePort());
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: miniStack.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  progress(`MiniStack listens at ${miniStack.endpoint}`);
  const port = await freePort();
  const vendor = { baseUrl: `http://127.0.0.1:${port}`, credentials: LOCAL_CREDENTIALS };
  const stackName = await deployToMiniStack(miniStack, vendor, progress);
  const { outputs } = await describeStack(stackName);
  return await runSuite({ outputs, vendor: { kind: 'simulator', port }, onMiniStack: true });
}

async function onStack(stackName: string, simulatorPort: number | undefined): Promise<boolean> {
  const { outputs } = await describeStack(stackName);
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const onMiniStack = endpoint !== undefined && (await isMiniStack(endpoint));
  return await runSuite({ outputs, vendor: vendorOf(simulatorPort), onMiniStack });
}

function vendorOf(simulatorPort: number | undefined): E2eVendor {
  if (simulatorPort !== undefined) return { kind: 'simulator', port: simulatorPort };
  const choice = chooseVendor(process.env);
  return choice.kind === 'service' ? choice : { kind: 'none' };
}

async function runSuite(deployment: Deployment): Promise<boolean> {
  const vitest = await startVitest('test', [], {
    config: 'vitest.e2e.config.ts',
    watch: false,
    provide: { deployment },
  });
  const modules = vitest.state.getTestModules();
  const passed =
    modules.length > 0 &&
    modules.every((module) => module.ok()) &&
    vitest.state.getUnhandledErrors().length === 0;
  await vitest.close();
  return passed;
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof BadEnvironment)) throw error;
  progress(`error: ${error.message}`);
  process.exitCode = 2;
}
