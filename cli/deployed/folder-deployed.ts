import { setMaxListeners } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { OcrClient } from '../../client/client.ts';
import type { BatchResult } from '../../functions/contracts/batch-record.ts';
import { REFUSAL_REASONS } from '../../functions/contracts/image-record.ts';
import type { OperationName } from '../../functions/contracts/operations.ts';
import { CSV_HEADER, toCsvRow } from '../../functions/core/batch/batch-csv.ts';
import { lineOfTask, lineWithoutTask, toJsonLines } from '../../functions/core/batch/result-lines.ts';
import { transformInOrder } from '../../functions/core/in-order.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import type { BatchOptions, BatchPlan } from '../batch/batch-plan.ts';
import { batchReport, countOf, statusOf, writeJsonReport } from '../batch/batch-report.ts';
import { nameOfEnd } from '../batch/copy-results.ts';
import {
  type ImageFolder,
  keepOutside,
  listImageFolder,
  pathOfImage,
  refuseTakenPaths,
} from '../batch/image-folder.ts';
import { RESULTS_CSV, RESULTS_JSONL, SUMMARY_JSON } from '../batch/result-files.ts';
import { refuseForeignResults } from '../batch/results-place.ts';
import { CommandError, INTERRUPTED_STATUS } from '../command-errors.ts';
import { errorCode } from '../error-code.ts';
import { type CommandContext, checkOut } from '../output-options.ts';
import { copyTaskDocuments } from './api-documents.ts';
import { type ApiOptions, describingFaults, openDeployedApi, TASK_TIMEOUT_SECONDS } from './open-api.ts';
import { endOfTask } from './report-task.ts';

/** Images that are recognized at the same time. None of them is an item of a batch. */
const RECOGNITIONS = 16;

/** Where the results go. `out` and `csv` are absolute. */
export interface FolderTarget {
  readonly out: string;
  readonly shownOut: string;
  readonly csv: string | undefined;
}

type FolderPlan = Extract<BatchPlan, { kind: 'images' }>;

/**
 * Recognizes the images of a folder with a deployed courier. The HTTP API starts batches of images
 * in S3 only, so each image is uploaded and recognized by itself.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is uploaded, CommandError
 */
export async function recognizeFolder(
  plan: FolderPlan,
  options: BatchOptions & ApiOptions,
  target: FolderTarget,
  context: CommandContext,
): Promise<number> {
  const { directory, progress, cancelled } = context;
  const { out, shownOut } = target;
  for (const name of ['concurrency', 'rate'] as const) {
    if (options[name] === undefined) continue;
    throw new InvalidInput(name, 'a value with --images and --api', 'only with LIST, or without --api');
  }
  const folder = await listImageFolder(plan.directory, directory);
  await keepOutside(folder, out, shownOut);
  await refuseTakenPaths(folder, out, shownOut);
  refuseForeignResults(out, shownOut);
  await checkOut({ out: shownOut }, directory);
  const client = openDeployedApi(options, context);
  const total = folder.images.length;
  const startedAt = new Date().toISOString();
  const reasons = new Map<string, number>();
  const counts: Record<string, number> = {};
  let done = 0;
  try {
    await describingFaults(options, async () => {
      const lines = recognizeImages(client, folder, plan, out, cancelled);
      await writeResults(lines, out, ({ outcome, reason }) => {
        done += 1;
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        const name = nameOfEnd(outcome, reason);
        reasons.set(name, (reasons.get(name) ?? 0) + 1);
        progress.counted({ done, total, text: 'images recognized' });
      });
    });
  } catch (error) {
    progress.end();
    const left = `${countOf(total - done, total)} are unfinished`;
    if (!cancelled.aborted)
      throw error instanceof CommandError ? new CommandError(`${error.message}; ${left}`) : error;
    process.stderr.write(`ocr-courier: ${left}; the courier finishes those that are uploaded\n`);
    return INTERRUPTED_STATUS;
  }
  progress.end();
  const view = {
    batchId: plan.batchId,
    outcome: 'Completed' as const,
    messages: [],
    total,
    counts,
    startedAt,
    completedAt: new Date().toISOString(),
  };
  await writeFile(join(out, SUMMARY_JSON), `${JSON.stringify(view, null, 2)}\n`);
  if (target.csv !== undefined) await copyFile(join(out, RESULTS_CSV), target.csv);
  if (options.json) await writeJsonReport({ view, out }, process.stdout);
  else process.stdout.write(`${batchReport({ view, reasons, out, options: undefined, directory })}\n`);
  return statusOf(view);
}

/** Recognizes images, copies their documents, and yields their result lines in order. */
function recognizeImages(
  client: OcrClient,
  folder: ImageFolder,
  { request: { operation, settings, polling } }: FolderPlan,
  out: string,
  cancelled: AbortSignal,
): AsyncIterable<BatchResult> {
  const failed = new AbortController();
  const signal = AbortSignal.any([cancelled, failed.signal]);
  // Each recognition that runs listens to it. Node.js warns of more than 10 by default.
  setMaxListeners(RECOGNITIONS, signal);

  async function recognize([i, image]: readonly [number, string]): Promise<BatchResult> {
    signal.throwIfAborted();
    const correlation = image.length <= MAX_CORRELATION ? image : undefined;
    let bytes: Buffer<ArrayBuffer>;
    try {
      bytes = await readFile(pathOfImage(folder, image));
    } catch (error) {
      const messages = [`The file cannot be read (${errorCode(error) ?? error})`];
      return unsourced(
        lineWithoutTask(itemOf(i, operation, correlation), 'Refused', 'SourceUnreadable', messages),
      );
    }
    const end = await endOfTask(
      client.recognize(bytes, {
        fileName: basename(image),
        operation,
        settings: { ...settings },
        polling,
        correlation,
        signal,
        timeoutSeconds: TASK_TIMEOUT_SECONDS,
      }),
    );
    if (end.task !== undefined) await copyTaskDocuments(client, end.task, join(out, ...image.split('/')));
    return lineOf(i, operation, correlation, end);
  }
  return transformInOrder(folder.images.entries(), RECOGNITIONS, (image) =>
    recognize(image).catch((error: unknown) => {
      // Ends those that are under way, instead of waiting for them.
      failed.abort(error);
      throw error;
    }),
  );
}

/** The API's limit, in characters. */
const MAX_CORRELATION = 256;

function lineOf(
  i: number,
  operation: OperationName,
  correlation: string | undefined,
  { task, image }: Awaited<ReturnType<typeof endOfTask>>,
): BatchResult {
  const item = itemOf(i, operation, correlation);
  if (task?.outcome !== undefined) return lineOfTask(item, { ...task, outcome: task.outcome });
  const reason = REFUSAL_REASONS.find((name) => name === image?.reason);
  const line = unsourced(lineWithoutTask(item, 'Refused', reason, image?.messages));
  return { ...line, ...(image !== undefined && { imageId: image.imageId, startedAt: image.startedAt }) };
}

/** An item of a batch, although there is none. */
function itemOf(i: number, operation: OperationName, correlation: string | undefined) {
  const source = { bucket: '', key: '' };
  return { i, operation, generation: 1, source, ...(correlation !== undefined && { correlation }) };
}

/** Removes the source, which only an item of a batch has. */
function unsourced({ source: _, ...line }: BatchResult): BatchResult {
  return line;
}

/** Writes results.jsonl and results.csv. */
async function writeResults(
  lines: AsyncIterable<BatchResult>,
  out: string,
  onLine: (line: BatchResult) => void,
): Promise<void> {
  const jsonLines = createWriteStream(join(out, RESULTS_JSONL));
  const csv = createWriteStream(join(out, RESULTS_CSV));
  const written = Promise.all([finished(jsonLines), finished(csv)]);
  // The error is thrown below, unless an earlier one is.
  written.catch(() => {});
  try {
    csv.write(CSV_HEADER);
    for await (const line of lines) {
      jsonLines.write(toJsonLines([line]));
      csv.write(toCsvRow(line));
      onLine(line);
    }
  } finally {
    jsonLines.end();
    csv.end();
  }
  await written;
}
