import { SUBMITTED_DETAIL_TYPE, type TaskSubmittedEvent } from '../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES, type Outcome, type Reason } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import type { StoredResult } from '../functions/contracts/task-record.ts';
import { ending } from '../functions/core/assess-poll.ts';
import { taskEventDetail } from '../functions/core/event-detail.ts';
import { closeRecord, isTerminal, openRecord } from '../functions/core/task-record.ts';

/** One example per event. The code that makes real terminal events also makes their examples. */

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const TASK_ID = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
const PREFIX = `results/RecognizeImage/${TASK_ID}`;
const EXECUTION = `arn:aws:states:${REGION}:${ACCOUNT}:execution:OcrCourierStateMachine:${TASK_ID}-1`;
const SUBMITTED_AT = '2026-01-31T12:00:00.000Z';
const STARTED_AT = Date.parse('2026-01-31T12:00:01Z');

const DOCUMENT: StoredResult = {
  index: 0,
  type: 'Text',
  contentType: 'text/plain; charset=utf-8',
  key: `${PREFIX}/0.txt`,
  bytes: 38,
  sha256: '256fd76fb346b31cc6e8f641c0867fa5ca0c336cd080a5bec5035ac38a6de561',
  empty: false,
};

/** Contents of each outcome's example, and the time from the start to the end. */
const ENDINGS: Readonly<
  Record<Outcome, { readonly afterSeconds: number; readonly reason?: Reason; readonly messages?: string[] }>
> = {
  Completed: { afterSeconds: 2 },
  Failed: { afterSeconds: 4, reason: 'RecognitionError', messages: ['The image could not be read.'] },
  Expired: { afterSeconds: 86_399 },
  NotFound: { afterSeconds: 3 },
  TimedOut: { afterSeconds: 86_399, reason: 'Deadline' },
  Cancelled: { afterSeconds: 30 },
};

/** The examples, by detail-type. */
export const EVENT_EXAMPLES: ReadonlyMap<string, object> = new Map<string, object>([
  [SUBMITTED_DETAIL_TYPE, submittedEvent()],
  ...OUTCOME_NAMES.map((outcome) => [OUTCOMES[outcome].detailType, terminalEvent(outcome)] as const),
]);

function submittedEvent(): TaskSubmittedEvent {
  return {
    ...envelope('c0ffee00-5b8e-4b8e-9d0a-7d3f0a5b1c21', Date.parse(SUBMITTED_AT), []),
    source: 'com.example.scanner',
    'detail-type': SUBMITTED_DETAIL_TYPE,
    detail: {
      taskId: TASK_ID,
      operation: 'RecognizeImage',
      submittedAt: SUBMITTED_AT,
      correlation: 'invoice 7',
      polling: { preset: 'eager' },
    },
  };
}

function terminalEvent(outcome: Outcome): object {
  const { afterSeconds, reason, messages = [] } = ENDINGS[outcome];
  const end = STARTED_AT + afterSeconds * 1000;
  const opened = openRecord(
    {
      taskId: TASK_ID,
      operation: 'RecognizeImage',
      generation: 1,
      submittedAt: SUBMITTED_AT,
      correlation: 'invoice 7',
    },
    { executionArn: EXECUTION, startedAt: STARTED_AT },
    STARTED_AT,
  );
  const collected = outcome === 'Completed';
  const record = closeRecord(
    { ...opened, attempts: 2 },
    ending({ outcome, ...(reason !== undefined && { reason }), messages }),
    {
      results: collected ? [DOCUMENT] : [],
      ...(collected && { manifestKey: `${PREFIX}/manifest.json` }),
      warnings: [],
    },
    end,
  );
  if (!isTerminal(record)) throw new TypeError('a closed record has an outcome');
  return {
    ...envelope('6a7e8feb-b491-4cf7-a9f1-bf3703467718', end, [EXECUTION]),
    source: EVENT_SOURCE,
    'detail-type': OUTCOMES[outcome].detailType,
    detail: taskEventDetail(record, 'ocr-courier-results'),
  };
}

/** EventBridge's own fields. Its `time` has whole seconds. */
function envelope(id: string, epochMilliseconds: number, resources: string[]) {
  const time = new Date(epochMilliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', id, account: ACCOUNT, time, region: REGION, resources } as const;
}
