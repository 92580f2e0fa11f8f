import {
  BATCH_COMPLETED_DETAIL_TYPE,
  IMAGE_REFUSED_DETAIL_TYPE,
  SUBMITTED_DETAIL_TYPE,
  type TaskSubmittedEvent,
} from '../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES, type Outcome, type Reason } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import type { StoredResult } from '../functions/contracts/task-record.ts';
import { ending } from '../functions/core/assess-poll.ts';
import { batchEventDetail } from '../functions/core/batch/batch-event-detail.ts';
import { changeBatch, endBatch, unreadBatch } from '../functions/core/batch/batch-record.ts';
import { checkImage } from '../functions/core/check-image.ts';
import { refusedDetail } from '../functions/core/close-image.ts';
import { taskEventDetail } from '../functions/core/event-detail.ts';
import { claimImage, refuseImage } from '../functions/core/image-record.ts';
import { closeRecord, isTerminal, openRecord } from '../functions/core/task-record.ts';

/** One example per event. The code that makes real events also makes their examples. */

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const TASK_ID = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
const IMAGE_ID = '9b2c0f6d1e3a4b5c6d7e8f90a1b2c3d4e5f60718';
const PREFIX = `results/RecognizeImage/${TASK_ID}`;
const EXECUTION = `arn:aws:states:${REGION}:${ACCOUNT}:execution:OcrCourierRecognizeImage:${IMAGE_ID}-1`;
const BATCH_ID = 'invoices-2026-01';
const BATCH_EXECUTION = `arn:aws:states:${REGION}:${ACCOUNT}:execution:OcrCourierCollectBatch:${BATCH_ID}`;
const SUBMITTED_AT = '2026-01-31T12:00:00.000Z';
const STARTED_AT = Date.parse('2026-01-31T12:00:01Z');

const BUCKET = 'ocr-courier-results';
const SOURCE = {
  bucket: BUCKET,
  key: 'inbox/RecognizeImage/invoice 7.png',
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
};

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
  [IMAGE_REFUSED_DETAIL_TYPE, imageRefusedEvent()],
  [BATCH_COMPLETED_DETAIL_TYPE, batchCompletedEvent()],
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
      image: { imageId: IMAGE_ID, source: SOURCE, uploads: 1 },
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
    detail: taskEventDetail(record, BUCKET),
  };
}

function imageRefusedEvent(): object {
  const input = {
    source: SOURCE,
    operation: 'RecognizeImage',
    correlation: 'invoice 7',
    generation: 1,
  } as const;
  const claimant = { executionArn: EXECUTION, startedAt: STARTED_AT };
  const image = { imageId: IMAGE_ID, input, maxUploads: 2 };
  const claim = claimImage(undefined, image, claimant, STARTED_AT);
  if (claim.kind !== 'Own') throw new TypeError('a new image is owned');
  const checked = checkImage(input, { head: new TextEncoder().encode('%PDF-1.7'), bytes: 48_211 });
  if (checked.kind !== 'Refused') throw new TypeError('RecognizeImage takes no PDF document');
  const record = refuseImage(claim.record, checked.reason, [checked.message], STARTED_AT + 1000);
  return {
    ...envelope('1f0e5b3c-7d52-4f2e-8b64-52f1c9b0aa17', STARTED_AT + 2000, []),
    source: EVENT_SOURCE,
    'detail-type': IMAGE_REFUSED_DETAIL_TYPE,
    detail: refusedDetail(record),
  };
}

function batchCompletedEvent(): object {
  const opening = unreadBatch(BATCH_ID, { executionArn: BATCH_EXECUTION, startedAt: STARTED_AT });
  const running = changeBatch(opening, {
    status: 'Running' as const,
    total: 1200,
    duplicates: 3,
    chunks: 24,
  });
  const end = STARTED_AT + 312_000;
  const record = endBatch(running, 'Completed', { counts: { Completed: 1197, Failed: 2, Refused: 1 } }, end);
  return {
    ...envelope('b3b9d8b6-3d0a-4a6b-8a0e-2f6f0c7f9a55', end, [BATCH_EXECUTION]),
    source: EVENT_SOURCE,
    'detail-type': BATCH_COMPLETED_DETAIL_TYPE,
    detail: batchEventDetail(record, BUCKET),
  };
}

/** EventBridge's own fields. Its `time` has whole seconds. */
function envelope(id: string, epochMilliseconds: number, resources: string[]) {
  const time = new Date(epochMilliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', id, account: ACCOUNT, time, region: REGION, resources } as const;
}
