import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../aspose-simulator/submission.ts';
import { CommandCancelled, OutputError, SubmitError, UsageError } from './command-errors.ts';
import type { CommandContext } from './output-options.ts';
import { POLLING_HELP } from './polling-option.ts';
import { createProgress } from './progress.ts';
import { runCollect } from './run-collect.ts';
import { runRecognize } from './run-recognize.ts';
import { runServe } from './run-serve.ts';

const SAMPLE = join(import.meta.dirname, '..', 'samples', 'letter.png');

const ENVIRONMENT_HELP = `
Environment:
  ASPOSE_BASE_URL       an Aspose.OCR Cloud to use in place of the simulator (https, or http on loopback)
  ASPOSE_CLIENT_ID      the client id; with it and the secret alone, https://api.aspose.cloud is used
  ASPOSE_CLIENT_SECRET  the client secret

Exit status: 0 when the task was Completed, 1 on any other outcome, 2 on bad usage; of serve, 0 after Ctrl-C.`;

const RECOGNIZE_HELP = `
Without an account, a simulator recognises images on this machine (English; docs/simulator.md tells what it serves).
`;

const EXAMPLES = `
Examples:
  npm start
  npm start -- recognize scan.png --result-type TextAndPdf --out result
  npm start -- recognize form.png --region 40,60,400,120 --region 40,140,400,200
  npm start --silent -- recognize scan.png --json > result.json
  npm start -- collect 6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce --polling '{"timeoutSeconds": 60}'
  npm start -- serve --port 8080 --data courier-data`;

const collectRegion = (region: string, earlier: readonly string[]) => [...earlier, region];

/** Stops the execution at the first Ctrl-C, the process at a second one. */
function cancellation(): AbortSignal {
  const abort = new AbortController();
  process.on('SIGINT', () => {
    // npm hands the terminal's signal on: the same Ctrl-C arrives twice.
    if (abort.signal.aborted) return;
    setTimeout(() => process.once('SIGINT', () => process.exit(130)), 1000).unref();
    abort.abort();
  });
  return abort.signal;
}

function program(context: CommandContext, finish: (status: number) => void): Command {
  const output = (command: Command) =>
    command
      .option('--out <dir>', 'where documents and manifest are written (default: out/<taskId>)')
      .option('--json', 'print one JSON document: { event, record, execution, documents }');
  const root = new Command('npm start --')
    .description(
      'Recognises an image with Aspose.OCR Cloud, or a simulator of it, and collects the result with the state machine of this project on an embedded AWS. Without a command, a sample image is recognised.',
    )
    .addHelpText('after', `${ENVIRONMENT_HELP}\n${EXAMPLES}`)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .allowExcessArguments(true)
    .action(async () => {
      const [unknown] = root.args;
      if (unknown !== undefined)
        throw new UsageError(`got the command '${unknown}'; allowed: recognize, collect, serve`);
      finish(await runRecognize(SAMPLE, { region: [] }, context));
    });

  output(
    root
      .command('recognize')
      .allowExcessArguments(false)
      .description('submit a file, and collect its result')
      .argument('<file>', 'an image; a PDF, DjVu or text file for the operations that take one')
      .option('--operation <operation>', `${OPERATION_NAMES.join(', ')} (default: RecognizeImage)`)
      .option(
        '--result-type <type>',
        `${RESULT_TYPES.join(', ')}; for RecognizeTable: ${TABLE_RESULT_TYPES.join(', ')} (default: Text)`,
      )
      .option('--language <language>', "the text's language, as Aspose names it (default: English)")
      .addOption(
        new Option(
          '--region <x1,y1,x2,y2>',
          'recognise this part of the image alone, in pixels; may be repeated',
        )
          .argParser(collectRegion)
          .default([], 'the whole image'),
      )
      .option('--trial', 'use the evaluation twin of the operation: no credentials, masked words'),
  )
    .addHelpText('after', `${RECOGNIZE_HELP}${ENVIRONMENT_HELP}`)
    .action(async (file, options) => finish(await runRecognize(file, options, context)));

  output(
    root
      .command('collect')
      .allowExcessArguments(false)
      .description('collect the result of a task that was submitted elsewhere')
      .argument('<task-id>', '1 to 64 characters of A-Z, a-z, 0-9 and -')
      .option('--operation <operation>', 'the operation it was submitted to (default: RecognizeImage)')
      .option('--submitted-at <instant>', 'when it was submitted, such as 2026-01-31T12:00:00Z')
      .option('--polling <json>', POLLING_HELP),
  )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) => finish(await runCollect(taskId, options, context)));

  root
    .command('serve')
    .allowExcessArguments(false)
    .description('serve the HTTP API and a page to look at, on this machine only, until Ctrl-C')
    .option('--port <port>', 'where to listen (default: a free port)')
    .option('--data <dir>', 'where everything is kept for the next time (default: in memory)')
    .option('--polling <json>', `for tasks that bring none of their own: ${POLLING_HELP}`)
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options) => finish(await runServe(options, context)));

  return root;
}

/** npm runs scripts in the project's folder, but its caller means paths from where they stand. */
function callersDirectory({ npm_lifecycle_event: script, INIT_CWD: directory }: NodeJS.ProcessEnv): string {
  return (script === 'start' ? directory : undefined) ?? process.cwd();
}

async function main(): Promise<number> {
  const progress = createProgress(process.stderr);
  const directory = callersDirectory(process.env);
  const context = { environment: process.env, directory, progress, cancelled: cancellation() };
  let status = 0;
  try {
    await program(context, (result) => {
      status = result;
    }).parseAsync();
    return status;
  } catch (error) {
    progress.end();
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError || error instanceof UsageError) {
      const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
      process.stderr.write(`ocr-courier: ${message} (--help tells more)\n`);
      return 2;
    }
    if (error instanceof SubmitError || error instanceof OutputError || error instanceof CommandCancelled) {
      process.stderr.write(`ocr-courier: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

// A reader such as `head` may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`ocr-courier: the output could not be written (${error.code})\n`);
  process.exit(1);
});
process.exitCode = await main();
