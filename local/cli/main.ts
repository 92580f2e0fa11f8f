import { join } from 'node:path';
import { NEXT_STEPS } from '../../cli/help-texts.ts';
import { runProgram } from '../../cli/run-program.ts';
import { runBatch } from './run-batch.ts';
import { runCollect } from './run-collect.ts';
import { runInboxCommand } from './run-inbox-command.ts';
import { runRecognize } from './run-recognize.ts';
import { runSearch } from './run-search.ts';
import { runServe } from './run-serve.ts';
import { runSimulator } from './run-simulator.ts';

const SAMPLE = join(import.meta.dirname, '..', 'samples', 'letter.png');

/** Longer than usual, so that the sample shows how a task is polled. */
const SAMPLE_TIMELINE = { pendingSeconds: 1, processingSeconds: 2 };

/** npm runs scripts in the project's directory, but users expect paths relative to their own. */
function callersDirectory({ npm_lifecycle_event: script, INIT_CWD: directory }: NodeJS.ProcessEnv): string {
  return (script === 'start' ? directory : undefined) ?? process.cwd();
}

await runProgram(callersDirectory(process.env), {
  async sample(options, context) {
    const status = await runRecognize(SAMPLE, options, context, { timeline: SAMPLE_TIMELINE });
    if (status === 0 && !options.json) process.stdout.write(`${NEXT_STEPS}\n`);
    return status;
  },
  recognize: runRecognize,
  collect: runCollect,
  inbox: runInboxCommand,
  batch: runBatch,
  serve: runServe,
  search: runSearch,
  simulator: runSimulator,
});
