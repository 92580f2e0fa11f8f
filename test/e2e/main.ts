import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../cli/command-errors.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { runOnMiniStack, runOnStack } from './run-e2e.ts';

interface Options {
  readonly stack?: string;
  readonly simulatorPort?: number;
  readonly keep?: boolean;
}

const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run e2e --')
  .description(
    'Tests a deployed stack. By default, installs and starts MiniStack, deploys to it and stops it.',
  )
  .option('--stack <name>', 'test this stack, in AWS or at AWS_ENDPOINT_URL, instead')
  .option(
    '--simulator-port <port>',
    'with --stack: port of 127.0.0.1 at which the stack expects the simulator',
    parsePort,
  )
  .option('--keep', 'without --stack: keep MiniStack running until Ctrl-C')
  .action(async ({ stack, simulatorPort, keep = false }: Options) => {
    if (stack === '') throw new UsageError('--stack: got an empty name; allowed: the name of a stack');
    if (stack === undefined && simulatorPort !== undefined)
      throw new UsageError('--simulator-port: allowed only with --stack');
    if (stack !== undefined && keep) throw new UsageError('--keep: allowed only without --stack');
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
  if (!(error instanceof UsageError || error instanceof InvalidInput)) throw error;
  progress(`error: ${error.message}`);
  process.exitCode = 2;
}
