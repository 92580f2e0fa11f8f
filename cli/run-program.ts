import { type Command, CommanderError } from 'commander';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { printable } from '../functions/core/printable.ts';
import { cancellation } from './cancellation.ts';
import { CommandError, INTERRUPTED_STATUS, UsageError } from './command-errors.ts';
import { exemptLoopbackFromProxy } from './loopback-proxy.ts';
import { createProgram, type LocalCommands, PACKAGED_PROGRAM } from './program.ts';
import { createProgress } from './progress.ts';

const ARGUMENTS: Readonly<Record<string, string>> = {
  file: 'FILE',
  dir: 'DIR',
  list: 'LIST',
  words: 'WORDS',
  taskId: 'TASK_ID',
};

/** The exit status after Ctrl-C. */
const INTERRUPTED = 130;

/** Describes a mistake with the command line's name of the field, such as `--result-type`. */
function describeMistake(root: Command, { field, got, allowed }: InvalidInput): string {
  const [name = '', ...path] = field.split('.');
  const command = root.commands.find((candidate) => candidate.name() === root.args[0]) ?? root;
  const findOption = (wanted: string | undefined) =>
    command.options.find((option) => option.attributeName() === wanted)?.long;
  const [setting = ''] = path;
  const settingOption =
    findOption(setting === 'regions' ? 'region' : setting) ?? `--setting ${path.join('.')}`;
  const ownName = [findOption(name) ?? ARGUMENTS[name] ?? name, ...path].join('.');
  return `${name === 'settings' ? settingOption : ownName}: got ${got}; allowed: ${allowed}`;
}

/**
 * Runs the command line of this process, and sets its exit status.
 *
 * @param directory base of relative paths
 * @param local runs the commands without `--api`
 */
export async function runProgram(directory: string, local?: LocalCommands): Promise<void> {
  // A reader such as `head` may close the pipe early.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`ocr-courier: the output could not be written (${error.code})\n`);
    process.exit(1);
  });
  exemptLoopbackFromProxy();
  process.exitCode = await statusOfProgram(directory, local);
}

async function statusOfProgram(directory: string, local: LocalCommands | undefined): Promise<number> {
  const progress = createProgress(process.stderr);
  const program = local === undefined ? PACKAGED_PROGRAM : undefined;
  const context = { environment: process.env, program, directory, progress, cancelled: cancellation() };
  let status = 0;
  const root = createProgram(
    context,
    (result) => {
      status = result;
    },
    local,
  );
  const fail = (message: string, failure: number) => {
    // Names of files, and what a server says, may contain the control characters of a terminal.
    process.stderr.write(`ocr-courier: ${printable(message)}\n`);
    return failure;
  };
  try {
    await root.parseAsync();
    return status;
  } catch (error) {
    progress.end();
    if (error === context.cancelled.reason) return fail('interrupted', INTERRUPTED_STATUS);
    if (error instanceof CommandError) return fail(error.message, 1);
    if (error instanceof InvalidInput) return fail(`${describeMistake(root, error)} (see --help)`, 2);
    if (error instanceof UsageError) return fail(`${error.message} (see --help)`, 2);
    if (context.cancelled.aborted && error === context.cancelled.reason)
      return fail('interrupted', INTERRUPTED);
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // Commander puts its suggestion on a second line.
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return fail(`${message} (see --help)`, 2);
  }
}
