import { Command, type CommanderError, InvalidArgumentError } from 'commander';
import { formatReport } from './soak-report.ts';

/** Creates a parser that names the allowed numbers when it rejects one. */
function numberFrom(minimum: number, maximum: number, whole: boolean) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) return value;
    const kind = whole ? 'a whole number' : 'a number';
    throw new InvalidArgumentError(`Allowed: ${kind} from ${minimum} to ${maximum}.`);
  };
}

interface Options {
  readonly tasks: number;
  readonly faults: number;
  readonly seed?: number;
  readonly atOnce: number;
  readonly limitMinutes: number;
}

// With pooled buffers, each small key in the embedded DynamoDB would keep a 64 kB pool in memory.
Buffer.poolSize = 0;

const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run soak --')
  .description(
    'Collects many tasks while a share of all calls is faulty, and checks the result of each task.',
  )
  .option('--tasks <number>', 'number of tasks', numberFrom(1, 100_000, true), 2000)
  .option('--faults <share>', 'share of faulty calls, 0 to 1', numberFrom(0, 1, false), 0.2)
  .option(
    '--seed <number>',
    'repeats the plan and the faults of an earlier run (default: a new seed)',
    numberFrom(0, 2 ** 31 - 1, true),
  )
  .option('--at-once <number>', 'number of tasks that run together', numberFrom(1, 200, true), 100)
  .option(
    '--limit-minutes <number>',
    'time limit, after which the run fails',
    numberFrom(0.1, 600, false),
    20,
  )
  .allowExcessArguments(false)
  .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async ({ seed = Math.floor(Math.random() * 1e6), ...rest }: Options) => {
    const options = { ...rest, seed };
    const { tasks, atOnce, faults, limitMinutes } = options;
    progress(`${tasks} tasks, ${atOnce} concurrently, faults ${faults}; repeat with --seed ${seed}`);
    let lastProgress = 'starting';
    // Detects a wave that hangs. The extra minute lets a wave end that started within the limit.
    const watchdog = setTimeout(
      () => {
        progress(`No end after ${limitMinutes + 1} minutes; last progress: ${lastProgress}`);
        process.exit(1);
      },
      (limitMinutes + 1) * 60_000,
    );
    const { runSoak } = await import('./run-soak.ts');
    const result = await runSoak(options, (line) => {
      lastProgress = line;
      progress(line);
    });
    clearTimeout(watchdog);
    process.stdout.write(`${formatReport(result, options)}\n`);
    process.exitCode = result.violations.length === 0 ? 0 : 1;
  });
await command.parseAsync();
