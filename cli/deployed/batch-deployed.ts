import { resolve } from 'node:path';
import type { Batch, BatchRequest, OcrClient } from '../../client/client.ts';
import { MAX_BATCH_CONCURRENCY, MAX_INLINE_TASKS } from '../../functions/contracts/batch-input.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import { defaultOut } from '../batch/batch-id.ts';
import { type BatchOptions, type BatchPlan, planBatch } from '../batch/batch-plan.ts';
import { batchReport, statusOf, writeJsonReport } from '../batch/batch-report.ts';
import { continueCommand } from '../batch/continue-command.ts';
import { copyBatchDocuments, copyResultFiles, type StoredBatch } from '../batch/copy-results.ts';
import { type CheckedList, listMistake, readListFile } from '../batch/list-file.ts';
import { checkCsv, refuseForeignResults } from '../batch/results-place.ts';
import { CommandError, INTERRUPTED_STATUS, UsageError } from '../command-errors.ts';
import { type CommandContext, checkOut } from '../output-options.ts';
import { apiDocuments } from './api-documents.ts';
import { recognizeFolder } from './folder-deployed.ts';
import { type ApiOptions, BATCH_TIMEOUT_SECONDS, describingFaults, openDeployedApi } from './open-api.ts';

/**
 * Collects a list of tasks, or recognizes a folder of images, with a deployed courier.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started, CommandError
 */
export async function batchDeployed(
  list: string | undefined,
  options: BatchOptions & ApiOptions,
  context: CommandContext,
): Promise<number> {
  const { directory, progress, cancelled, program } = context;
  const plan = planBatch(list, options, { maxConcurrency: MAX_BATCH_CONCURRENCY });
  const { batchId } = plan;
  const shownOut = options.out ?? defaultOut(batchId);
  const out = resolve(directory, shownOut);
  const csv = checkCsv(options.csv, directory);
  if (plan.kind === 'images') return await recognizeFolder(plan, options, { out, shownOut, csv }, context);

  const request = await readRequest(plan, context);
  if (request !== undefined) refuseForeignResults(out, shownOut);
  await checkOut({ out: shownOut }, directory);
  const client = openDeployedApi(options, context);
  const kept = { ...options, ...(program !== undefined && { program }) };
  const resumeCommand = continueCommand('resume', batchId, kept);
  return await describingFaults(options, async () => {
    const target = { batchId, out, csv, resumeCommand };
    let isStarted = plan.kind === 'resume';
    try {
      progress.doing(isStarted ? `reading batch ${batchId}` : `starting batch ${batchId}`);
      if (request !== undefined) await client.batches.start(request, { signal: cancelled });
      if (plan.kind === 'retry')
        await client.batches.retry(plan.retryOf, { newBatchId: batchId, signal: cancelled });
      if (plan.kind === 'resume') await client.batches.read(batchId, { signal: cancelled });
      isStarted = true;
      progress.end();
      process.stderr.write(`ocr-courier: batch ID: ${batchId}\n`);
      const view = await client.batches.wait(batchId, {
        signal: cancelled,
        timeoutSeconds: BATCH_TIMEOUT_SECONDS,
        onProgress: (batch) => progress.counted(countsOf(batch)),
      });
      if (view.outcome === 'Refused') throw new UsageError(listMistake(view.messages.join(' ')));
      if (!view.total)
        throw new CommandError(`The batch ${batchId} ended as ${view.status} before it had items`);
      const stored = batchInApi(client, batchId);
      await copyResultFiles(target, stored);
      const reasons = await copyBatchDocuments(target, view.total, stored, progress, cancelled);
      progress.end();
      if (options.json) await writeJsonReport({ view, out }, process.stdout);
      else process.stdout.write(`${batchReport({ view, reasons, out, options: kept, directory })}\n`);
      return statusOf(view);
    } catch (error) {
      if (!cancelled.aborted) throw error;
      progress.end();
      const state = isStarted ? 'the batch goes on' : 'the batch may have been started';
      process.stderr.write(`ocr-courier: ${state}; to continue: ${resumeCommand}\n`);
      return INTERRUPTED_STATUS;
    }
  });
}

/** Returns the request of a new batch. */
async function readRequest(
  plan: Exclude<BatchPlan, { kind: 'images' }>,
  { directory, cancelled }: CommandContext,
): Promise<BatchRequest | undefined> {
  if (plan.kind !== 'list') return undefined;
  const { batchId, request } = plan;
  const checked = await readListFile(plan.list, directory, request, cancelled);
  const { polling, ...fields } = request;
  return {
    ...fields,
    ...(polling !== undefined && { polling: withoutUndefined(polling) }),
    batchId,
    tasks: tasksOf(checked),
  };
}

/** A request has the tasks itself, because only S3 takes longer lists. */
function tasksOf({ jsonLines, items }: CheckedList): NonNullable<BatchRequest['tasks']> {
  if (items > MAX_INLINE_TASKS)
    throw new InvalidInput(
      'list',
      `${items} items`,
      `at most ${MAX_INLINE_TASKS} with --api; upload a longer list to lists/ in the bucket`,
    );
  const lines = Buffer.from(jsonLines).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function countsOf({ progress, total }: Batch) {
  const outcomes = Object.entries(progress).map(([outcome, count]) => `${outcome} ${count}`);
  const done = Object.values(progress).reduce((sum, count) => sum + count, 0);
  return { done, total, text: total === undefined ? 'opening the batch' : outcomes.join(', ') };
}

/** The results of a batch that the HTTP API links to. */
function batchInApi(client: OcrClient, batchId: string): StoredBatch {
  return {
    openFile: (name) => client.batches.download(batchId, name),
    documentsOf: ({ taskId = '', manifestKey }) => apiDocuments(client, taskId, manifestKey),
  };
}
