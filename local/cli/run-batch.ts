import { resolve } from 'node:path';
import { defaultOut } from '../../cli/batch/batch-id.ts';
import { type BatchOptions, type BatchPlan, planBatch } from '../../cli/batch/batch-plan.ts';
import { batchReport, countOf, statusOf, writeJsonReport } from '../../cli/batch/batch-report.ts';
import { continueCommand } from '../../cli/batch/continue-command.ts';
import { keepOutside, listImageFolder, refuseTakenPaths } from '../../cli/batch/image-folder.ts';
import { listMistake, readListFile } from '../../cli/batch/list-file.ts';
import { checkCsv, refuseForeignResults } from '../../cli/batch/results-place.ts';
import { CommandError, UsageError } from '../../cli/command-errors.ts';
import {
  asDataDirectoryError,
  DataDirectoryError,
  DataDirectoryInUseError,
} from '../../cli/data-directory.ts';
import { errorCode } from '../../cli/error-code.ts';
import { type CommandContext, checkOut } from '../../cli/output-options.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { MAX_ENVIRONMENTS } from '../embedded-aws/lambda-function.ts';
import type { BatchEnd, BatchJob } from './batch/batch-on-courier.ts';
import { BATCH_STATE_FOLDER, type BatchState, hasBatchState, openBatchState } from './batch/batch-state.ts';
import { chooseVendor, explainerOf, VENDOR_VARIABLES, type VendorChoice } from './vendor.ts';

/** The exit status after Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Recognizes a folder of images, or collects a list of tasks.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runBatch(
  list: string | undefined,
  options: BatchOptions,
  context: CommandContext,
): Promise<number> {
  const { environment, directory, progress, cancelled } = context;
  const choice = chooseVendor(environment);
  const plan = planBatch(list, options, {
    maxConcurrency: MAX_ENVIRONMENTS,
    explainUnsupported: explainerOf(choice),
  });
  const shownOut = options.out ?? defaultOut(plan.batchId);
  const out = resolve(directory, shownOut);
  const csv = checkCsv(options.csv, directory);
  const begin = await prepare(plan, choice, out, shownOut, context).catch((error: unknown) => {
    if (!cancelled.aborted) throw error;
  });
  if (begin === undefined) return reportNotStarted();
  using state = await openState(plan, choice, out, shownOut, directory);
  const { batchId } = plan;
  const resumeCommand = continueCommand('resume', batchId, options);
  const isRepeated = plan.kind === 'retry' && state.requestOf(batchId) !== undefined;
  const known = isRepeated ? ' exists already; its results:' : '';
  process.stderr.write(`ocr-courier: batch ID: ${batchId}${known}\n`);
  const job: BatchJob = { choice, state, batchId, out, csv, resumeCommand, begin: begin(state) };
  // Imported late: loading the AWS clients and the simulator would delay usage errors.
  const { runBatchOnCourier } = await import('./batch/batch-on-courier.ts');
  const end = await runBatchOnCourier(job, context).catch((error: unknown) => {
    const unusable = asDataDirectoryError(error);
    throw unusable === undefined ? error : unusableState(shownOut, unusable);
  });
  progress.end();
  return await report(end, { plan, options, out, directory });
}

/** Reads what a new batch needs. Nothing is written yet. */
async function prepare(
  plan: BatchPlan,
  choice: VendorChoice,
  out: string,
  shownOut: string,
  { directory, progress, cancelled }: CommandContext,
): Promise<(state: BatchState) => BatchJob['begin']> {
  switch (plan.kind) {
    case 'list': {
      const { batchId, request } = plan;
      const checked = await readListFile(plan.list, directory, request, cancelled);
      if (choice.kind === 'simulator')
        throw new InvalidInput(
          'list',
          'task ids, but each command has its own simulator, which knows no task of another command',
          `tasks of the service that ${VENDOR_VARIABLES} name; for images, --images DIR`,
        );
      return () => async (bucket) => {
        const { storeList } = await import('./batch/store-source.ts');
        return { kind: 'start', body: { ...request, ...(await storeList(checked, batchId, bucket)) } };
      };
    }
    case 'images': {
      const { batchId, request } = plan;
      const folder = await listImageFolder(plan.directory, directory);
      await keepOutside(folder, out, shownOut);
      await refuseTakenPaths(folder, out, shownOut);
      return () => async (bucket) => {
        const { storeImages } = await import('./batch/store-source.ts');
        const images = await storeImages(folder, batchId, bucket, progress, cancelled);
        return { kind: 'start', body: { ...request, ...images } };
      };
    }
    case 'retry': {
      const { retryOf } = plan;
      return () => async () => ({ kind: 'retry', retryOf });
    }
    case 'resume': {
      const { batchId } = plan;
      return (state) => async () => {
        const request = state.requestOf(batchId);
        if (request === undefined) throw unknownBatch('resume', batchId, shownOut);
        return request;
      };
    }
  }
}

/**
 * Opens the state of a batch in OUT. A new batch needs a directory without one.
 *
 * @throws InvalidInput
 */
async function openState(
  plan: BatchPlan,
  { kind }: VendorChoice,
  out: string,
  shownOut: string,
  directory: string,
): Promise<BatchState> {
  const isNew = plan.kind === 'list' || plan.kind === 'images';
  const earlier = plan.kind === 'retry' ? plan.retryOf : plan.batchId;
  if (!isNew && !hasBatchState(out)) throw unknownBatch(plan.kind, earlier, shownOut);
  if (isNew && !hasBatchState(out)) refuseForeignResults(out, shownOut);
  await checkOut({ out: shownOut }, directory);
  let state: BatchState | undefined;
  try {
    state = openBatchState(out);
    holdVendor(state, kind, shownOut);
    const [last] = state.batchIds().slice(-1);
    if (isNew && last !== undefined) throw takenOut(shownOut, last);
    if (!isNew && state.requestOf(earlier) === undefined) throw unknownBatch(plan.kind, earlier, shownOut);
    return state;
  } catch (error) {
    state?.[Symbol.dispose]();
    const code = errorCode(error);
    const unusable =
      asDataDirectoryError(error) ?? (code && new DataDirectoryError(`cannot be written (${code})`));
    throw unusable ? unusableState(shownOut, unusable) : error;
  }
}

/** What a batch was started with, and how the user chooses it again. */
const OTHER_VENDOR = {
  simulator: {
    name: 'a service that ASPOSE_* named',
    allowed: `the same service: set ${VENDOR_VARIABLES} as at the start`,
  },
  service: { name: 'the simulator', allowed: `the simulator: unset ${VENDOR_VARIABLES}` },
} as const;

/** Another vendor does not know the unfinished tasks. */
function holdVendor({ data }: BatchState, kind: VendorChoice['kind'], shownOut: string): void {
  const { name, allowed } = OTHER_VENDOR[kind];
  try {
    data.hold('vendor', kind, `holds a batch of ${name}`);
  } catch (error) {
    throw error instanceof DataDirectoryError ? unusableState(shownOut, error, allowed) : error;
  }
}

function unusableState(shownOut: string, reason: DataDirectoryError, allowed?: string): InvalidInput {
  const got = `'${shownOut}', whose folder ${BATCH_STATE_FOLDER} ${reason.message}`;
  const free =
    reason instanceof DataDirectoryInUseError
      ? 'a directory that no other run uses: wait until that process has ended, or end it'
      : 'a directory without it, or the undamaged one of a batch';
  return new InvalidInput('out', got, allowed ?? free);
}

function takenOut(shownOut: string, batchId: string): InvalidInput {
  const got = `'${shownOut}', which has the state of ${batchId}`;
  return new InvalidInput('out', got, `another directory; to continue that batch, --resume ${batchId}`);
}

function unknownBatch(option: 'resume' | 'retry', batchId: string, shownOut: string): InvalidInput {
  const got = `${batchId}, which is not in '${shownOut}'`;
  return new InvalidInput(option, got, 'the id of a batch, with the --out that it was started with');
}

interface ReportedRun {
  readonly plan: BatchPlan;
  readonly options: BatchOptions;
  readonly out: string;
  readonly directory: string;
}

async function report(end: BatchEnd, { plan, options, out, directory }: ReportedRun): Promise<number> {
  const { batchId } = plan;
  switch (end.kind) {
    case 'NotStarted':
      return reportNotStarted();
    case 'Interrupted': {
      const { done, total = 0 } = end.counted;
      const left = total - done;
      const what = end.isEnded
        ? `the batch has ended, but the documents of ${countOf(left, total)} are not copied`
        : total === 0
          ? 'the items are unfinished'
          : `${countOf(left, total)} ${left === 1 ? 'is' : 'are'} unfinished`;
      process.stderr.write(
        `ocr-courier: ${what}; to continue: ${continueCommand('resume', batchId, options)}\n`,
      );
      return INTERRUPTED;
    }
    case 'Ended': {
      const { view, reasons } = end;
      if (view.outcome === 'Refused') throw new UsageError(listMistake(view.messages.join(' ')));
      if (!view.total)
        throw new CommandError(`The batch ${batchId} ended as ${view.status} before it had items`);
      if (options.json) await writeJsonReport({ view, out }, process.stdout);
      else process.stdout.write(`${batchReport({ view, reasons, out, options, directory })}\n`);
      return statusOf(view);
    }
  }
}

function reportNotStarted(): number {
  process.stderr.write('ocr-courier: cancelled before anything was started; to start, repeat the command\n');
  return INTERRUPTED;
}
