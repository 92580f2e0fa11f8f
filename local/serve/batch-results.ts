import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { RESULTS_JSONL, type ResultFile } from '../../cli/batch/result-files.ts';
import { batchResultSchema } from '../../functions/contracts/batch-record.ts';
import { batchResultsSchema } from '../../functions/contracts/batches-api.ts';
import { problemSchema } from '../../functions/contracts/http-api.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import { type BatchFailure, type BatchFailures, MAX_LISTED_FAILURES } from './page-contract.ts';
import { PageError } from './page-error.ts';

/**
 * Lists the first items of an ended batch that are not Completed.
 *
 * @throws PageError when the batch is unknown or has not ended
 */
export async function readBatchFailures(apiUrl: string, batchId: string): Promise<BatchFailures> {
  const url = await linkOf(apiUrl, batchId, RESULTS_JSONL);
  if (url === null) return { total: 0, failures: [] };
  const { body } = await fetch(url);
  const failures: BatchFailure[] = [];
  let total = 0;
  for await (const line of createInterface({ input: Readable.fromWeb(body ?? new ReadableStream()) })) {
    const result = z.parse(batchResultSchema, parseJson(line));
    if (result.outcome === 'Completed') continue;
    total += 1;
    if (failures.length < MAX_LISTED_FAILURES) failures.push(failureOf(result));
  }
  return { total, failures };
}

function failureOf(result: z.output<typeof batchResultSchema>): BatchFailure {
  const { i, taskId, source, outcome, reason, messages } = result;
  const name = source?.key.split('/').at(-1) ?? taskId ?? `item ${i}`;
  return { name, taskId, outcome, reason, messages };
}

/**
 * Redirects to a file with the results of an ended batch.
 *
 * @throws PageError when there is none
 */
export async function redirectToResults(
  apiUrl: string,
  batchId: string,
  file: ResultFile,
): Promise<Response> {
  const url = await linkOf(apiUrl, batchId, file);
  if (url === null) throw new PageError(404, `The batch has no ${file}.`);
  return Response.redirect(url, 302);
}

async function linkOf(apiUrl: string, batchId: string, file: ResultFile): Promise<string | null> {
  const response = await fetch(`${apiUrl}/batches/${batchId}/results`);
  const body: unknown = await response.json();
  if (!response.ok) {
    const detail = z.safeParse(problemSchema, body).data?.detail;
    throw new PageError(response.status, detail ?? `The API responded with HTTP ${response.status}.`);
  }
  const { resultsUrl, resultsCsvUrl, summaryUrl } = z.parse(batchResultsSchema, body);
  return { 'results.jsonl': resultsUrl, 'results.csv': resultsCsvUrl, 'summary.json': summaryUrl }[file];
}
