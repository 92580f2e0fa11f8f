import { Command, type CommanderError, InvalidArgumentError } from 'commander';
import { report } from './report.ts';
import { soak } from './run.ts';

/** A parser of numbers that says what it takes. */
function numberFrom(least: number, most: number, whole: boolean) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    const kind = whole ? 'a whole number' : 'a number';
    throw new InvalidArgumentError(`Allowed: ${kind} from ${least} to ${most}.`);
  };
}

const command = new Command('npm run soak --')
  .description(
    'Collects many tasks on the embedded stack while a share of all calls is faulty, and judges every one: nothing lost, nothing twice, memory flat.',
  )
  .option('--tasks <number>', 'how many', numberFrom(1, 100_000, true), 2000)
  .option('--faults <share>', 'of calls that are faulty, 0 to 1', numberFrom(0, 1, false), 0.2)
  .option(
    '--seed <number>',
    'makes the same plan and the same faults again (default: a new one)',
    numberFrom(0, 2 ** 31 - 1, true),
  )
  .option('--at-once <number>', 'tasks that run together', numberFrom(1, 200, true), 100)
  .option(
    '--limit-minutes <number>',
    'after which the run ends as failed, wherever it is',
    numberFrom(0.1, 600, false),
    20,
  )
  .allowExcessArguments(false)
  .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2));

interface Options {
  readonly tasks: number;
  readonly faults: number;
  readonly seed?: number;
  readonly atOnce: number;
  readonly limitMinutes: number;
}

// Else each key that the embedded DynamoDB keeps, of a few bytes, holds a whole pool of 64 kB with it.
Buffer.poolSize = 0;

const progress = (line: string) => process.stderr.write(`${line}\n`);

command.action(async ({ seed = Math.floor(Math.random() * 1e6), ...options }: Options) => {
  progress(
    `${options.tasks} tasks, ${options.atOnce} at once, faults ${options.faults}, seed ${seed}: the same again with --seed ${seed}`,
  );
  const started = performance.now();
  let last = 'starting';
  // A wave that hangs is a finding, too. The grace lets a last wave end that began in time.
  const watchdog = setTimeout(
    () => {
      progress(
        `No end after ${Math.round((performance.now() - started) / 60_000)} minutes; the last word was: ${last}`,
      );
      process.exit(1);
    },
    options.limitMinutes * 60_000 + 60_000,
  );
  const result = await soak({ ...options, seed }, (line) => {
    last = line;
    progress(line);
  });
  clearTimeout(watchdog);
  const { text, sound } = report(result, { ...options, seed });
  process.stdout.write(`${text}\n`);
  process.exitCode = sound ? 0 : 1;
});
await command.parseAsync();
