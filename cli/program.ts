import { Command, Option } from 'commander';
import { CHUNK_ITEMS } from '../functions/contracts/batch-input.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import type { BatchOptions } from './batch/batch-plan.ts';
import { UsageError } from './command-errors.ts';
import {
  POLLING_HELP,
  pollingOption,
  refuseEmptyValues,
  withApiOptions,
  withOutputOptions,
  withRecognitionOptions,
  withRootOptions,
} from './command-options.ts';
import { batchDeployed } from './deployed/batch-deployed.ts';
import { type CollectCommandOptions, collectDeployed } from './deployed/collect-deployed.ts';
import { inboxDeployed } from './deployed/inbox-deployed.ts';
import { recognizeDeployed } from './deployed/recognize-deployed.ts';
import { cancelDeployed, downloadDeployed, listDeployed, showDeployed } from './deployed/task-commands.ts';
import { describeSettings } from './describe-settings.ts';
import {
  BATCH_HELP,
  environmentHelp,
  INBOX_HELP,
  LOCAL_EXAMPLES,
  PACKAGED_EXAMPLES,
  recognizeHelp,
  SEARCH_HELP,
} from './help-texts.ts';
import type { InboxOptions } from './inbox/inbox-plan.ts';
import type { CommandContext, OutputOptions } from './output-options.ts';
import type { RecognizeOptions } from './plan-recognition.ts';
import { DEFAULT_DATA, DEFAULT_HITS, MAX_HITS, type SearchOptions } from './search-options.ts';

/** What the commands do without `--api`: only in a clone, which has the local stack. */
export interface LocalCommands {
  /** Recognizes the sample, when no command is given. */
  sample(options: OutputOptions, context: CommandContext): Promise<number>;
  recognize(
    file: string,
    options: RecognizeOptions & OutputOptions,
    context: CommandContext,
  ): Promise<number>;
  collect(taskId: string, options: CollectCommandOptions, context: CommandContext): Promise<number>;
  inbox(
    directory: string,
    options: InboxOptions & Pick<RecognizeOptions, 'language' | 'resultType'>,
    context: CommandContext,
  ): Promise<number>;
  batch(list: string | undefined, options: BatchOptions, context: CommandContext): Promise<number>;
  serve(
    options: { readonly port?: string; readonly data?: string; readonly polling?: unknown },
    context: CommandContext,
  ): Promise<number>;
  search(words: readonly string[], options: SearchOptions, context: CommandContext): Promise<number>;
  simulator(
    options: { readonly port?: string; readonly holdGet?: string },
    context: CommandContext,
  ): Promise<number>;
}

/** The words that start the command line of the package. */
export const PACKAGED_PROGRAM = 'npx ocr-courier';

const DESCRIPTIONS = {
  local:
    'Recognizes an image with Aspose.OCR Cloud, or with a simulator of it, and collects the result on an embedded AWS, or with --api on a deployed courier. Without a command, it recognizes a sample image.',
  packaged: 'Recognizes images with a deployed ocr-courier, through its HTTP API.',
} as const;

/** Where a command runs that has no `--api`. */
const CLONE = 'a clone of the repository, where npm ci && npm start -- COMMAND runs it on this machine';

const TASK_ID = '1 to 64 characters of A-Z, a-z, 0-9 and -';

/**
 * Defines the command line.
 *
 * @param finish receives the exit status
 * @param local runs the commands without `--api`. The package does not have it.
 */
export function createProgram(
  context: CommandContext,
  finish: (status: number) => void,
  local: LocalCommands | undefined,
): Command {
  const isLocal = local !== undefined;
  const ENVIRONMENT_HELP = environmentHelp(isLocal);

  /** Returns what runs a command on this machine. */
  function here(command: string): LocalCommands {
    if (local !== undefined) return local;
    throw new UsageError(
      `${command}: got no --api; allowed: --api with the address of the HTTP API, or ${CLONE}`,
    );
  }

  /** Returns what runs a command that a deployed courier does not have. */
  function onlyHere(command: string): LocalCommands {
    if (local !== undefined) return local;
    throw new UsageError(`${command}: got the package, which has no local courier; allowed: ${CLONE}`);
  }

  const root = withRootOptions(new Command(isLocal ? 'npm start --' : 'ocr-courier'), isLocal)
    .description(isLocal ? DESCRIPTIONS.local : DESCRIPTIONS.packaged)
    .addHelpText('after', `${ENVIRONMENT_HELP}\n${isLocal ? LOCAL_EXAMPLES : PACKAGED_EXAMPLES}`)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .allowExcessArguments(true)
    .hook('preSubcommand', () => {
      const [misplaced] = Object.keys(root.opts());
      if (misplaced === undefined) return;
      const flag = root.options.find((option) => option.attributeName() === misplaced)?.long;
      throw new UsageError(`${flag}: got it before the command; allowed: after the command`);
    })
    .hook('preAction', (_, command) => refuseEmptyValues(command))
    .action(async (options) => {
      const [unknown] = root.args;
      const allowed = root.commands.map((command) => command.name()).join(', ');
      if (unknown !== undefined) throw new UsageError(`got the command '${unknown}'; allowed: ${allowed}`);
      if (local === undefined || options.api !== undefined)
        throw new UsageError(`got no command; allowed: ${allowed}`);
      finish(await local.sample(options, context));
    });

  const define = (name: string, description: string) =>
    root.command(name).allowExcessArguments(false).description(description);

  withApiOptions(
    withOutputOptions(
      withRecognitionOptions(
        define(
          'recognize',
          isLocal
            ? 'upload a file to the inbox of the embedded AWS, or of a deployed courier, and wait for its documents'
            : 'upload a file to the inbox of a deployed courier, and wait for its documents',
        ).argument('<file>', 'an image; a PDF, DjVu or text file for the operations that take one'),
      )
        .addOption(
          new Option('--region <x1,y1,x2,y2>', 'recognize only this part of the image, in pixels; repeatable')
            .argParser((region: string, earlier: readonly string[]) => [...earlier, region])
            .default([], 'the whole image'),
        )
        .option('--trial', 'use the evaluation operation: no credentials, masked words'),
    ),
  )
    .addHelpText('after', () => `${recognizeHelp(isLocal)}${ENVIRONMENT_HELP}`)
    .action(async (file, options) =>
      finish(
        await (options.api === undefined
          ? here('recognize').recognize(file, options, context)
          : recognizeDeployed(file, options, context)),
      ),
    );

  withApiOptions(
    withOutputOptions(
      define(
        'collect',
        isLocal
          ? 'collect the result of a task that was submitted to the service that ASPOSE_* name, or to that of a deployed courier'
          : 'collect the result of a task that was submitted to the Aspose of a deployed courier',
      )
        .argument('<task-id>', TASK_ID)
        .option('--operation <operation>', 'the operation of the task (default: RecognizeImage)')
        .option('--submitted-at <instant>', 'when it was submitted, such as 2026-01-31T12:00:00Z')
        .addOption(pollingOption(POLLING_HELP)),
    ),
  )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) =>
      finish(
        await (options.api === undefined
          ? here('collect').collect(taskId, options, context)
          : collectDeployed(taskId, options, context)),
      ),
    );

  withApiOptions(
    withRecognitionOptions(
      define('inbox', 'watch a folder, and recognize each file that is put there, until Ctrl-C').argument(
        '<dir>',
        'the folder, with its subfolders',
      ),
    )
      .option('--out <dir>', 'directory of the documents and of the state (default: out/inbox)')
      .option('--afterwards <action>', 'what happens to a file that is done: keep, move (default: keep)')
      .option('--failed <dir>', 'directory to which failed files are moved (default: they stay)')
      .option('--settle <seconds>', 'how long a file must be unchanged to be complete (default: 3)'),
  )
    .addHelpText('after', () => `\n${describeSettings()}\n${INBOX_HELP}${ENVIRONMENT_HELP}`)
    .action(async (dir, options) =>
      finish(
        await (options.api === undefined
          ? here('inbox').inbox(dir, options, context)
          : inboxDeployed(dir, options, context)),
      ),
    );

  withApiOptions(
    withRecognitionOptions(
      define(
        'batch',
        'recognize all images of a folder, or collect a list of tasks, and print a summary',
      ).argument(
        '[list]',
        isLocal
          ? 'a file with task ids of the service that ASPOSE_* name, or of a deployed courier; - for stdin'
          : 'a file with task ids; - for stdin',
      ),
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
      .option('--json', 'print one JSON document instead: { batchId, total, counts, results, ... }'),
  )
    .addHelpText('after', () => `\n${describeSettings()}\n${BATCH_HELP}${ENVIRONMENT_HELP}`)
    .action(async (list, options) =>
      finish(
        await (options.api === undefined
          ? here('batch').batch(list, options, context)
          : batchDeployed(list, options, context)),
      ),
    );

  /** Defines a command that always needs `--api`, which may be the address of `serve`. */
  const defineDeployed = (name: string, description: string) =>
    withApiOptions(define(name, description), 'required: the courier').hook('preAction', (_, command) => {
      if (command.opts()['api'] !== undefined) return;
      throw new InvalidInput('api', 'nothing', 'the address of a deployed courier, or of serve');
    });

  defineDeployed('list', 'list the newest tasks of a deployed courier')
    .option('--status <status>', 'only tasks with this status, such as Collecting or Failed')
    .option('--operation <operation>', 'only tasks of this operation')
    .option('--limit <tasks>', 'maximum tasks: 1 to 10000 (default: 20)')
    .option('--json', 'print a JSON array instead')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options) => finish(await listDeployed(options, context)));

  defineDeployed('show', 'print the record of a task as JSON')
    .argument('<task-id>', TASK_ID)
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) => finish(await showDeployed(taskId, options, context)));

  defineDeployed('cancel', 'cancel the collection of a task')
    .argument('<task-id>', TASK_ID)
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) => finish(await cancelDeployed(taskId, options, context)));

  withOutputOptions(defineDeployed('download', 'download the documents of an ended task'))
    .argument('<task-id>', TASK_ID)
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (taskId, options) => finish(await downloadDeployed(taskId, options, context)));

  define(
    'serve',
    `${isLocal ? '' : '(only in a clone) '}serve the HTTP API and a web page, on this machine only, until Ctrl-C`,
  )
    .option('--port <port>', 'port to listen on (default: a free port)')
    .option('--data <dir>', 'directory that keeps everything for the next start (default: in memory)')
    .addOption(pollingOption(`polling policy of tasks that set none: ${POLLING_HELP}`))
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options) => finish(await onlyHere('serve').serve(options, context)));

  define(
    'search',
    `${isLocal ? '' : '(only in a clone) '}find words in the documents that serve --data has collected`,
  )
    .argument('<words...>', 'words, "phrases" and prefixes*')
    .option('--data <dir>', `the directory of serve (default: ${DEFAULT_DATA})`)
    .option('--limit <hits>', `maximum number of hits, up to ${MAX_HITS} (default: ${DEFAULT_HITS})`)
    .option('--json', 'print one JSON document instead: { hits }')
    .addHelpText('after', SEARCH_HELP)
    .action(async (words, options) => finish(await onlyHere('search').search(words, options, context)));

  define(
    'simulator',
    `${isLocal ? '' : '(only in a clone) '}run only the simulator of Aspose.OCR Cloud, for any client on this machine, until Ctrl-C`,
  )
    .option('--port <port>', 'port to listen on (default: a free port)')
    .option(
      '--hold-get <seconds>',
      'hold the fetch of a task until it has ended, at most this long (default: 0)',
    )
    .action(async (options) => finish(await onlyHere('simulator').simulator(options, context)));

  return root;
}
