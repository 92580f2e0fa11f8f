import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import { IMAGES_PREFIX } from '../../functions/contracts/batch-keys.ts';
import {
  type BatchResult,
  batchResultSchema,
  type LineReason,
} from '../../functions/contracts/batch-record.ts';
import { splitLines } from '../../functions/core/batch/split-lines.ts';
import { transformInOrder } from '../../functions/core/in-order.ts';
import { CommandError } from '../command-errors.ts';
import { copyDocuments, type StoredDocuments } from '../copy-documents.ts';
import { errorCode } from '../error-code.ts';
import type { Progress } from '../progress.ts';
import { RESULT_FILES, RESULTS_CSV, RESULTS_JSONL, type ResultFile } from './result-files.ts';

/** Tasks whose documents are copied at the same time. */
const COPIES = 4;

/** A line of results.jsonl has a few kB. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Items by outcome and reason. */
export type ReasonCounts = ReadonlyMap<string, number>;

/** Where the results of a batch go. Paths are absolute. */
export interface ResultTarget {
  readonly batchId: string;
  readonly out: string;
  /** Receives a copy of results.csv. */
  readonly csv: string | undefined;
  /** The command that writes the results again, for messages. */
  readonly resumeCommand: string;
}

/** Where the results and documents of an ended batch are. */
export interface StoredBatch {
  openFile(name: ResultFile): Promise<AsyncIterable<Uint8Array>>;
  /** Returns the documents of an item that has a manifest. */
  documentsOf(item: { readonly taskId: string | undefined; readonly manifestKey: string }): StoredDocuments;
}

/**
 * Copies the results of an ended batch to this machine.
 *
 * @throws CommandError when a file cannot be written
 */
export async function copyResultFiles(
  { out, csv, resumeCommand }: ResultTarget,
  stored: StoredBatch,
): Promise<void> {
  for (const name of RESULT_FILES) {
    await pipeline(await stored.openFile(name), createWriteStream(join(out, name))).catch(
      failToWrite(name, `correct this, then run: ${resumeCommand}`),
    );
  }
  if (csv !== undefined)
    await copyFile(join(out, RESULTS_CSV), csv).catch(
      failToWrite(csv, `the same table is ${join(out, RESULTS_CSV)}`),
    );
}

function failToWrite(file: string, advice: string) {
  return (error: unknown): never => {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new CommandError(`The results could not be written to '${file}' (${code}); ${advice}`);
  };
}

/**
 * Copies the documents of all items.
 *
 * @param signal ends the copying between two items, with the error of its abort
 * @returns the number of items by outcome and reason
 * @throws CommandError when a document cannot be written
 */
export async function copyBatchDocuments(
  { out, resumeCommand }: Pick<ResultTarget, 'out' | 'resumeCommand'>,
  total: number,
  stored: StoredBatch,
  progress: Pick<Progress, 'counted'>,
  signal: AbortSignal,
): Promise<ReasonCounts> {
  const advice = `move that file, then run: ${resumeCommand}`;
  async function copy(result: BatchResult): Promise<BatchResult> {
    const directory = directoryOf(result);
    const { taskId, manifest: manifestKey } = result;
    if (manifestKey !== null && directory !== undefined) {
      const documents = stored.documentsOf({ taskId, manifestKey });
      await copyDocuments(documents, join(out, ...directory.split('/')), advice);
    }
    return result;
  }
  const reasons = new Map<string, number>();
  let done = 0;
  for await (const { outcome, reason } of transformInOrder(readResultLines(out), COPIES, copy)) {
    signal.throwIfAborted();
    const name = nameOfEnd(outcome, reason);
    reasons.set(name, (reasons.get(name) ?? 0) + 1);
    done += 1;
    progress.counted({ done, total, text: 'items whose documents are copied' });
  }
  return reasons;
}

export function nameOfEnd(outcome: string, reason: LineReason | undefined): string {
  return reason === undefined ? outcome : `${outcome} (${reason})`;
}

/** The directory of an item's documents below OUT, with slashes. */
export function directoryOf({ source, taskId }: Pick<BatchResult, 'source' | 'taskId'>): string | undefined {
  return (source && imagePathOf(source.key)) ?? taskId;
}

/** Returns the path of an image below the folder of its batch; undefined for another key. */
export function imagePathOf(key: string): string | undefined {
  const [prefix, , ...path] = key.split('/');
  return `${prefix}/` === IMAGES_PREFIX && path.length > 0 ? path.join('/') : undefined;
}

/** Reads results.jsonl in OUT. */
export async function* readResultLines(out: string): AsyncGenerator<BatchResult> {
  const texts: AsyncIterable<string> = createReadStream(join(out, RESULTS_JSONL), 'utf8');
  for await (const line of splitLines(texts, MAX_LINE_CHARACTERS)) {
    yield z.parse(batchResultSchema, JSON.parse(line));
  }
}
