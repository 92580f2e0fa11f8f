import type { AwsCall, AwsInjection } from '../layers/aws-fault-layer.ts';
import type { BatchFault } from './batch-case.ts';

/** A kill of all functions at one of their calls to AWS. */
export interface BatchKill extends BatchFault {
  readonly row: string;
  readonly when: string;
}

type Call = Omit<AwsInjection, 'fault' | 'times'> & { readonly about: string | RegExp };

const BATCH = /"taskId":\{"S":"batch#[^#"]+"\}/;
const PROGRESS = /"taskId":\{"S":"batch#[^"]+#0"\}/;
/** The tasks that are collected. Those that are too old are not. */
const TASK = /"taskId":\{"S":"task-\d+"\}/;

const get = (about: RegExp, after = 0): Call => ({ service: 'dynamodb', operation: 'GetItem', about, after });
const put = (about: string | RegExp): Call => ({ service: 'dynamodb', operation: 'PutItem', about });
const read = (about: RegExp): Call => ({ service: 's3', operation: 'GetObject', about });
const write = (about: string | RegExp): Call => ({ service: 's3', operation: 'PutObject', about });
const event = (about: string): Call => ({ service: 'events', operation: 'PutEvents', about });

/** The calls for a batch that completes: by open-batch, collect-chunk and close-batch. */
export const BATCH_CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['the look for the batch', get(BATCH)],
  ['the claim of the batch', put('"Opening"')],
  ['the items', write('/items.jsonl')],
  ['the chunks', write('/chunks.jsonl')],
  ['the totals', put('"Running"')],

  ['the look for the batch of a chunk', get(BATCH, 1)],
  ['the look for the end of a chunk', get(PROGRESS)],
  ['the read of the items', read(/items\.jsonl$/)],
  ['the look for a pause', get(/polling-paused/)],
  ['the look for a task', get(TASK)],
  ['the claim of a task', put(/"Collecting".*"batchId"|"batchId".*"Collecting"/s)],
  ['a document', write(/results\/\w+\/task-\d+\/0/)],
  ['a manifest', write('manifest.json')],
  ['the end of a task', put(/(?=.*"S":"task-\d+")(?=.*"completedAt")/s)],
  ['the event of a task', event('OCR Task Completed')],
  ['the lines of a chunk', write(/batches\/.*\/results\/\d+-\w+\.jsonl$/)],
  ['the end of a chunk', { service: 'dynamodb', operation: 'UpdateItem', about: PROGRESS }],

  ['the look for the batch at its end', get(BATCH, 3)],
  ['the read of the chunks', read(/chunks\.jsonl$/)],
  ['the look for the progress', get(PROGRESS, 2)],
  ['the read of the lines of a chunk', read(/results\/\d+-\w+\.jsonl$/)],
  ['the results', write('/results.jsonl')],
  ['the table of the results', write('/results.csv')],
  ['the end of the batch', put(/(?=.*"batchId")(?=.*"Pending")/s)],
  ['the summary', write('/summary.json')],
  ['the event of the batch', event('OCR Batch Completed')],
  ['the mark that the event is published', put(/(?=.*"batchId")(?=.*"Published")/s)],
];

const MOMENTS = ['before', 'after'] as const;

/** What a kill repeats: the event of the batch, if it was published before it was marked. */
const REPEATED = new Set(['after the event of the batch', 'before the mark that the event is published']);

export const BATCH_KILLS: readonly BatchKill[] = BATCH_CALLS.flatMap(([name, call]) =>
  MOMENTS.map((moment) => {
    const when = `${moment} ${name}`;
    return {
      row: 'B1',
      when,
      aws: [{ ...call, fault: { kind: 'kill', moment } as const }],
      expected: {
        counts: { Completed: 3, Expired: 48 },
        ...(REPEATED.has(when) && { events: 2 }),
      },
    };
  }),
);

/** Whether a call to AWS is one of those at which a kill is tried. */
export function isKilledCall({ service, operation, about }: AwsCall): boolean {
  return BATCH_CALLS.some(
    ([, call]) =>
      call.service === service &&
      call.operation === operation &&
      (typeof call.about === 'string' ? about.includes(call.about) : call.about.test(about)),
  );
}
