import { once } from 'node:events';
import { join, relative } from 'node:path';
import type { BatchView } from '../../functions/contracts/batches-api.ts';
import { printable } from '../../functions/core/printable.ts';
import { withThousands } from '../progress.ts';
import { continueCommand, type KeptOptions } from './continue-command.ts';
import { type ReasonCounts, readResultLines } from './copy-results.ts';
import { RESULTS_CSV, RESULTS_JSONL, SUMMARY_JSON } from './result-files.ts';

/** What is reported of a batch. */
export type ReportedView = Pick<
  BatchView,
  | 'batchId'
  | 'outcome'
  | 'reason'
  | 'messages'
  | 'total'
  | 'duplicates'
  | 'counts'
  | 'startedAt'
  | 'completedAt'
>;

/** An ended batch whose results are in OUT. */
export interface ReportedBatch {
  readonly view: ReportedView;
  readonly reasons: ReasonCounts;
  /** Absolute. */
  readonly out: string;
  /** The options of the command, for the one that retries. Undefined when none can. */
  readonly options: KeptOptions | undefined;
  /** Base of shown paths. */
  readonly directory: string;
}

/** The exit status: 0 when all items are Completed. */
export function statusOf({ outcome, total, counts }: ReportedView): 0 | 1 {
  return outcome === 'Completed' && total !== undefined && counts?.['Completed'] === total ? 0 : 1;
}

/** The table of the outcomes, and where the results are. */
export function batchReport({ view, reasons, out, options, directory }: ReportedBatch): string {
  const below = relative(directory, out);
  const shown = below.startsWith('..') ? out : below || '.';
  const rows = [...reasons].sort(([, one], [, other]) => other - one);
  const width = Math.max(...[...rows.map(([name]) => name), 'outcome'].map((name) => name.length));
  const row = (name: string, count: string) => `  ${name.padEnd(width)}  ${count.padStart(9)}`;
  const blocks = [
    [headline(view), ...view.messages.map((message) => `    ${printable(message)}`)].join('\n'),
    [
      row('outcome', 'items'),
      ...rows.map(([name, count]) => row(name, withThousands(count))),
      row('total', withThousands(view.total ?? 0)),
      ...(view.duplicates ? [row('left out as duplicates', withThousands(view.duplicates))] : []),
    ].join('\n'),
    [
      `Documents  ${join(shown, '<task id or path of the image>')}`,
      `Results    ${join(shown, RESULTS_CSV)}, ${join(shown, RESULTS_JSONL)}`,
      `Summary    ${join(shown, SUMMARY_JSON)}`,
    ].join('\n'),
  ];
  if (statusOf(view) !== 0 && options !== undefined)
    blocks.push(`To collect again what is not Completed: ${continueCommand('retry', view.batchId, options)}`);
  return blocks.join('\n\n');
}

function headline({ batchId, outcome, reason, startedAt, completedAt = startedAt }: ReportedView): string {
  const seconds = (Date.parse(completedAt) - Date.parse(startedAt)) / 1000;
  const why = reason === undefined ? '' : ` (${reason})`;
  // Completed would read as if every item were Completed.
  const ended = outcome === 'Completed' ? 'ended' : `ended as ${outcome}${why}`;
  return `Batch ${batchId} ${ended} after ${seconds.toFixed(1)} s.`;
}

/**
 * Prints the one JSON document of `--json`, line by line, so that memory does not grow with the
 * number of items.
 */
export async function writeJsonReport(
  { view, out }: Pick<ReportedBatch, 'view' | 'out'>,
  stream: NodeJS.WritableStream,
): Promise<void> {
  const { batchId, outcome, total, counts, duplicates } = view;
  const head = JSON.stringify({ batchId, outcome, total, counts, duplicates });
  stream.write(`${head.slice(0, -1)},"results":[`);
  let separator = '\n';
  for await (const line of readResultLines(out)) {
    if (!stream.write(`${separator}${JSON.stringify(line)}`)) await once(stream, 'drain');
    separator = ',\n';
  }
  const tail = JSON.stringify({ resultsCsv: RESULTS_CSV, summary: SUMMARY_JSON });
  stream.write(`\n],${tail.slice(1)}\n`);
}

/** Such as `1,250 of 5,000 items`. */
export function countOf(left: number, total: number): string {
  return `${withThousands(left)} of ${withThousands(total)} ${total === 1 ? 'item' : 'items'}`;
}
