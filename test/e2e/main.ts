import { Command, InvalidArgumentError } from 'commander';
import { UsageError as BadSetting } from '../../local/cli/command-errors.ts';
import { runOnMiniStack, runOnStack } from './run.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  readonly stack?: string;
  readonly simulatorPort?: number;
  readonly keep?: boolean;
}

const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run e2e --')
  .description(
    'Tries a deployed stack. By default MiniStack is installed, started, deployed to and stopped again.',
  )
  .option('--stack <name>', 'the stack of that name, in AWS or at AWS_ENDPOINT_URL, instead')
  .option(
    '--simulator-port <port>',
    'with --stack: the port of 127.0.0.1 where that stack expects the simulator',
    parsePort,
  )
  .option('--keep', 'without --stack: leave MiniStack running until Ctrl-C')
  .action(async ({ stack, simulatorPort, keep = false }: Options) => {
    if (stack === undefined && simulatorPort !== undefined)
      throw new UsageError('--simulator-port: allowed with --stack only');
    if (stack !== undefined && keep) throw new UsageError('--keep: allowed without --stack only');
    const passed = await (stack === undefined
      ? runOnMiniStack({ keep }, progress)
      : runOnStack(stack, simulatorPort, progress));
    process.exitCode = passed ? 0 : 1;
  })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new InvalidArgumentError('Allowed: a whole number from 1 to 65535.');
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof BadSetting)) throw error;
  progress(`error: ${error.message}`);
  process.exitCode = 2;
}
