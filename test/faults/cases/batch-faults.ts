import { pending } from '../../support/responses.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import { awsError, type BatchFault, type ExpectedBatch } from './batch-case.ts';

/** A fault that a row of docs/design/faults.md describes. */
export interface BatchFaultCase extends BatchFault {
  readonly row: string;
  readonly when: string;
}

/** More errors than the SDK retries, so that the function or the state machine does. */
const BEYOND_SDK_RETRIES = 4;

const throttled = { times: BEYOND_SDK_RETRIES, fault: awsError(400, 'ThrottlingException') } as const;
const failing = { times: BEYOND_SDK_RETRIES, fault: awsError(500, 'InternalServerError') } as const;
const slowDown = { times: BEYOND_SDK_RETRIES, fault: awsError(503, 'SlowDown') } as const;
const lost = { fault: { kind: 'lost' } } as const;

const put = { service: 'dynamodb', operation: 'PutItem' } as const;
const end = { service: 'dynamodb', operation: 'UpdateItem', about: 'batch#' } as const;
const write = { service: 's3', operation: 'PutObject' } as const;
const read = { service: 's3', operation: 'GetObject' } as const;
const OWN_TASK = /"S":"task-\d+"/;
const ENDED_BATCH = /(?=.*"batchId")(?=.*"Pending")/s;

const allCompleted: ExpectedBatch = { counts: { Completed: 3, Expired: 48 } };

const awsCase = (when: string, aws: AwsInjection, expected = allCompleted): BatchFaultCase => ({
  ...{ row: 'B3', when, aws: [aws], expected },
});

/** AWS fails for a while. */
const SERVICE_FAULTS: readonly BatchFaultCase[] = [
  awsCase('DynamoDB throttles the claim of the batch', { ...put, about: '"Opening"', ...throttled }),
  awsCase('S3 fails to store the items', { ...write, about: '/items.jsonl', ...slowDown }),
  awsCase('DynamoDB fails at the totals', { ...put, about: '"Running"', ...failing }),
  awsCase('S3 fails to return the items', { ...read, about: '/items.jsonl', ...slowDown }),
  awsCase('DynamoDB throttles the records of the tasks', {
    ...put,
    about: OWN_TASK,
    ...throttled,
    times: 20,
  }),
  awsCase('S3 fails to store the documents', { ...write, about: 'results/Rec', ...slowDown, times: 12 }),
  awsCase('S3 fails to store the lines of a chunk', { ...write, about: /results\/\d+-/, ...slowDown }),
  awsCase('DynamoDB fails at the end of a chunk', { ...end, ...failing }),
  awsCase('the response to the end of a chunk is lost', { ...end, ...lost }),
  awsCase('the response to the claim of the batch is lost', { ...put, about: '"Opening"', ...lost }),
  awsCase('the response to the claim of a task is lost', { ...put, about: OWN_TASK, ...lost }),
  awsCase('S3 fails to store the results', { ...write, about: '/results.jsonl', ...slowDown }),
  awsCase('DynamoDB throttles the end of the batch', { ...put, about: ENDED_BATCH, ...throttled }),
  awsCase('the response to the end of the batch is lost', { ...put, about: ENDED_BATCH, ...lost }),
  {
    ...awsCase('the credentials secret cannot be read for a while', {
      service: 'secretsmanager',
      operation: 'GetSecretValue',
      ...throttled,
    }),
    isColdStart: true,
  },
];

/** One chunk after the other, so that the second one finds out what the first one met. */
const inTurn = { input: { concurrency: 1 } };

/** Faults of Aspose that concern more than one item. */
const VENDOR_FAULTS: readonly BatchFaultCase[] = [
  {
    ...{ row: 'B6', when: 'Aspose refuses a task, because a quota is used up' },
    ...inTurn,
    responses: [[{ httpStatus: 402 }]],
    expected: {
      ...{ outcome: 'Stopped', reason: 'QuotaExceeded' },
      lines: { 0: 'Failed, QuotaExceeded', 1: 'Completed', 2: 'NotStarted, QuotaExceeded' },
    },
  },
  {
    ...{ row: 'B6', when: 'Aspose rejects the credentials at the second poll of a task' },
    ...inTurn,
    responses: [[pending, { httpStatus: 403 }]],
    expected: {
      ...{ outcome: 'Stopped', reason: 'CredentialsRejected' },
      lines: { 0: 'Failed, CredentialsRejected', 2: 'NotStarted, CredentialsRejected' },
    },
  },
  {
    ...{ row: 'B6', when: 'Aspose rejects the credentials of the last task' },
    ...inTurn,
    responses: [undefined, undefined, [{ httpStatus: 403 }]],
    expected: {
      ...{ outcome: 'Stopped', reason: 'CredentialsRejected' },
      lines: { 0: 'Completed', 1: 'Completed', 2: 'Failed, CredentialsRejected' },
    },
  },
  {
    ...{ row: 'B4', when: 'tasks end in different ways' },
    responses: [
      [{ taskStatus: 'Error' }],
      [pending, { taskStatus: 'NotExist' }],
      [pending, { httpStatus: 503 }, { httpStatus: 400 }],
    ],
    expected: {
      lines: { 0: 'Failed, RecognitionError', 1: 'Expired', 2: 'Failed, ContractViolation' },
      counts: { Failed: 2, Expired: 49 },
    },
  },
];

export const BATCH_FAULTS: readonly BatchFaultCase[] = [...SERVICE_FAULTS, ...VENDOR_FAULTS];
