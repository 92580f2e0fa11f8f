import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { CommandError, UsageError } from '../../cli/command-errors.ts';
import { describeSettings } from '../../cli/describe-settings.ts';
import { exemptLoopbackFromProxy } from '../../cli/loopback-proxy.ts';
import type { CommandContext } from '../../cli/output-options.ts';
import { createProgress } from '../../cli/progress.ts';
import { CHUNK_ITEMS } from '../../functions/contracts/batch-input.ts';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../../functions/contracts/result-types.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import { runBatch } from './run-batch.ts';
import { runCollect } from './run-collect.ts';
import { runInboxCommand } from './run-inbox-command.ts';
import { runRecognize } from './run-recognize.ts';
import { runServe } from './run-serve.ts';
import { runSimulator } from './run-simulator.ts';

const SAMPLE = join(import.meta.dirname, '..', 'samples', 'letter.png');

/** Longer than usual, so that the sample shows how a task is polled. */
const SAMPLE_TIMELINE = { pendingSeconds: 1, processingSeconds: 2 };

const ENVIRONMENT_HELP = `
Environment:
  ASPOSE_BASE_URL       an Aspose.OCR Cloud that replaces the simulator (https, or http on loopback)
  ASPOSE_CLIENT_ID      the client id; with the secret but no URL, https://api.aspose.cloud is used
  ASPOSE_CLIENT_SECRET  the client secret

Exit status: 0 when the task, or each item of the batch, is Completed, 1 on any other outcome, 2 on
a usage error; 130 when Ctrl-C interrupts batch;
0 when Ctrl-C ends inbox, serve or simulator, but npm itself then ends by the signal (130).`;

const recognizeHelp = () => `
${describeSettings()}

Without an Aspose account, a simulator recognizes images and PDF documents on this machine: English
text, and other languages whose Tesseract data is installed. Ctrl-C cancels the recognition.
`;

const INBOX_HELP = `
The documents of DIR/a/b.png are in OUT/a/b.png/. After a restart, files that are done are not
recognized again. Ctrl-C waits for the files that are running; a second one ends at once.
`;

const BATCH_HELP = `
LIST has one task id per line, or is JSON, JSON Lines or CSV by its ending (.json, .jsonl, .csv) or
by its first characters. The documents of a task are in OUT/TASK_ID/, and those of DIR/a/b.png in
OUT/a/b.png/. OUT also gets results.csv, results.jsonl, summary.json and the state of the batch.
Ctrl-C prints the command that continues. See docs/use/batch.md.
`;

const EXAMPLES = `
Examples:
  npm start
  npm start -- recognize scan.png --result-type TextAndPdf --out result
  npm start -- recognize form.png --region 40,60,400,120 --region 40,140,400,200
  npm start --silent -- recognize scan.png --json > result.json
  npm start -- collect 6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce --polling '{"timeoutSeconds": 60}'
  npm start -- recognize letter.pdf --operation RecognizePdf --setting makeSkewCorrect=true
  npm start -- inbox scans --out documents
  npm start -- batch --images scans --out documents
  npm start -- batch task-ids.txt --concurrency 4 --csv results.csv
  npm start -- serve --port 8080 --data courier-data
  npm start -- simulator --port 8081 --hold-get 60`;

const NEXT_STEPS = `
Next:
  npm start -- recognize FILE   recognize your own image
  npm start -- serve            use the HTTP API and a page in your browser
  npm start -- --help           see all commands`;

const POLLING_HELP =
  'an object with any of preset (frugal, balanced, eager), timeoutSeconds, maxPolls, firstPollDelaySeconds, holdSeconds';

function parsePolling(json: string): unknown {
  const polling = parseJson(json);
  if (polling !== undefined) return polling;
  const got = `${json.length} characters that are not JSON`;
  throw new InvalidInput('polling', got, 'an object such as {"timeoutSeconds": 60}');
}

const pollingOption = (description: string) =>
  new Option('--polling <json>', description).argParser(parsePolling);

const settingOption = () =>
  new Option('--setting <name=value>', 'a setting of the operation, by its Aspose name; repeatable')
    .argParser((setting: string, earlier: readonly string[]) => [...earlier, setting])
    .default([], 'none');

/** The options that choose what is done with an image. */
const withRecognitionOptions = (command: Command) =>
  command
    .option('--operation <operation>', `${OPERATION_NAMES.join(', ')} (default: RecognizeImage)`)
    .option(
      '--result-type <type>',
      `${RESULT_TYPES.join(', ')}; for RecognizeTable: ${TABLE_RESULT_TYPES.join(', ')} (default: Text)`,
    )
    .option('--language <language>', 'language of the text, by its Aspose name (default: English)')
    .addOption(settingOption());

const withOutputOptions = (command: Command) =>
  command
    .option(
      '--out <dir>',
      'directory of the documents and the manifest; replaces those of an earlier run, unless this one has none (default: out/<taskId>)',
    )
    .option('--verbose', 'also print the task record and the event')
    .option('--json', 'print one JSON document instead: { event, record, execution, documents }');

/**
 * Rejects the empty value of an unset shell variable. As a path, it would mean the current
 * directory.
 *
 * @throws InvalidInput naming the option
 */
function refuseEmptyValues(command: Command): void {
  for (const [name, value] of Object.entries(command.opts())) {
    if (value === '') throw new InvalidInput(name, 'an empty value', 'a value, or no such option');
  }
}

/** Returns a signal that the first Ctrl-C aborts. Another one, after a second, ends the process. */
function cancellation(): AbortSignal {
  const abort = new AbortController();
  process.on('SIGINT', () => {
    // npm forwards the terminal's signal, so one Ctrl-C arrives twice.
    if (abort.signal.aborted) return;
    setTimeout(() => process.once('SIGINT', () => process.exit(130)), 1000).unref();
    abort.abort();
  });
  return abort.signal;
}

function createProgram(context: CommandContext, finish: (status: number) => void): Command {
  const root = withOutputOptions(new Command('npm start --'))
    .description(
      'Recognizes an image with Aspose.OCR Cloud, or with a simulator of it, and collects the result on an embedded AWS. Without a command, it recognizes a sample image.',
    )
    .addHelpText('after', `${ENVIRONMENT_HELP}\n${EXAMPLES}`)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .allowExcessArguments(true)
    .hook('preSubcommand', () => {
      const [misplaced] = Object.keys(root.opts());
      if (misplaced === undefined) return;
      throw new UsageError(`--${misplaced}: got it before the command; allowed: after the command`);
    })
    .hook('preAction', (_, command) => refuseEmptyValues(command))
    .action(async (options) => {
      const [unknown] = root.args;
      if (unknown !== undefined)
        throw new UsageError(
          `got the command '${unknown}'; allowed: recognize, collect, inbox, batch, serve, simulator`,
        );
      const status = await runRecognize(SAMPLE, options, context, { timeline: SAMPLE_TIMELINE });
      if (status === 0 && !options.json) process.stdout.write(`${NEXT_STEPS}\n`);
      finish(status);
    });

  withOutputOptions(
    withRecognitionOptions(
      root
        .command('recognize')
        .allowExcessArguments(false)
        .description('upload a file to the inbox of the embedded AWS, and wait for its documents')
        .argument('<file>', 'an image; a PDF, DjVu or text file for the operations that take one'),
    )
      .addOption(
        new Option('--region <x1,y1,x2,y2>', 'recognize only this part of the image, in pixels; repeatable')
          .argParser((region: string, earlier: readonly string[]) => [...earlier, region])
          .default([], 'the whole image'),
      )
      .option('--trial', 'use the evaluation operation: no credentials, masked words'),
  )
    .addHelpText('after', () => `${recognizeHelp()}${ENVIRONMENT_HELP}`)
    .action(async (file, options) => finish(await runRecognize(file, options, context)));

  withOutputOptions(
    root
      .command('collect')
      .allowExcessArguments(false)
      .description('collect the result of a task that was submitted to the service that ASPOSE_* name')
      .argument('<task-id>', '1 to 64 characters of A-Z, a-z, 0-9 and -')
      .option('--operation <operation>', 'the operation of the task (default: RecognizeImage)')
      .option('--submitted-at <instant>', 'when it was submitted, such as 2026-01-31T12:00:00Z')
      .addOption(pollingOption(POLLING_HELP)),
  )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) => finish(await runCollect(taskId, options, context)));

  withRecognitionOptions(
    root
      .command('inbox')
      .allowExcessArguments(false)
      .description('watch a folder, and recognize each file that is put there, until Ctrl-C')
      .argument('<dir>', 'the folder, with its subfolders'),
  )
    .option('--out <dir>', 'directory of the documents and of the state (default: out/inbox)')
    .option('--afterwards <action>', 'what happens to a file that is done: keep, move (default: keep)')
    .option('--failed <dir>', 'directory to which failed files are moved (default: they stay)')
    .option('--settle <seconds>', 'how long a file must be unchanged to be complete (default: 3)')
    .addHelpText('after', () => `\n${describeSettings()}\n${INBOX_HELP}${ENVIRONMENT_HELP}`)
    .action(async (dir, options) => finish(await runInboxCommand(dir, options, context)));

  withRecognitionOptions(
    root
      .command('batch')
      .allowExcessArguments(false)
      .description('recognize all images of a folder, or collect a list of tasks, and print a summary')
      .argument('[list]', 'a file with task ids of the service that ASPOSE_* name; - for stdin'),
  )
    .option('--images <dir>', 'recognize the images of this folder and its subfolders instead')
    .option('--resume <id>', 'continue a batch that was interrupted')
    .option('--retry <id>', 'start a new batch of what is not Completed in this one')
    .option(
      '--concurrency <chunks>',
      `chunks of ${CHUNK_ITEMS} items that are processed at the same time (default: 10)`,
    )
    .option('--rate <requests>', 'maximum requests to Aspose per second (default: no limit)')
    .addOption(pollingOption(POLLING_HELP))
    .option('--out <dir>', 'directory of the documents, the results and the state (default: out/<batchId>)')
    .option('--csv <file>', 'also write results.csv to this file')
    .option('--json', 'print one JSON document instead: { batchId, total, counts, results, ... }')
    .addHelpText('after', () => `\n${describeSettings()}\n${BATCH_HELP}${ENVIRONMENT_HELP}`)
    .action(async (list, options) => finish(await runBatch(list, options, context)));

  root
    .command('serve')
    .allowExcessArguments(false)
    .description('serve the HTTP API and a web page, on this machine only, until Ctrl-C')
    .option('--port <port>', 'port to listen on (default: a free port)')
    .option('--data <dir>', 'directory that keeps everything for the next start (default: in memory)')
    .addOption(pollingOption(`polling policy of tasks that set none: ${POLLING_HELP}`))
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options) => finish(await runServe(options, context)));

  root
    .command('simulator')
    .allowExcessArguments(false)
    .description('run only the simulator of Aspose.OCR Cloud, for any client on this machine, until Ctrl-C')
    .option('--port <port>', 'port to listen on (default: a free port)')
    .option(
      '--hold-get <seconds>',
      'hold the fetch of a task until it has ended, at most this long (default: 0)',
    )
    .action(async (options) => finish(await runSimulator(options, context)));

  return root;
}

/** npm runs scripts in the project's directory, but users expect paths relative to their own. */
function callersDirectory({ npm_lifecycle_event: script, INIT_CWD: directory }: NodeJS.ProcessEnv): string {
  return (script === 'start' ? directory : undefined) ?? process.cwd();
}

const ARGUMENTS: Readonly<Record<string, string>> = {
  file: 'FILE',
  dir: 'DIR',
  list: 'LIST',
  taskId: 'TASK_ID',
};

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

async function main(): Promise<number> {
  const progress = createProgress(process.stderr);
  const directory = callersDirectory(process.env);
  const context = { environment: process.env, directory, progress, cancelled: cancellation() };
  let status = 0;
  const program = createProgram(context, (result) => {
    status = result;
  });
  const fail = (message: string, failure: number) => {
    process.stderr.write(`ocr-courier: ${message}\n`);
    return failure;
  };
  try {
    await program.parseAsync();
    return status;
  } catch (error) {
    progress.end();
    if (error instanceof CommandError) return fail(error.message, 1);
    if (error instanceof InvalidInput) return fail(`${describeMistake(program, error)} (see --help)`, 2);
    if (error instanceof UsageError) return fail(`${error.message} (see --help)`, 2);
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // Commander puts its suggestion on a second line.
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return fail(`${message} (see --help)`, 2);
  }
}

// A reader such as `head` may close the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`ocr-courier: the output could not be written (${error.code})\n`);
  process.exit(1);
});
exemptLoopbackFromProxy();
process.exitCode = await main();
