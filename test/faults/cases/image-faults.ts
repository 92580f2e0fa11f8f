import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { PNG } from '../../support/inbox.ts';
import type { AwsFault, AwsInjection } from '../layers/aws-fault-layer.ts';
import { ACCEPTED, type ExpectedImage, type ImageFault } from './image-case.ts';

/** A fault that a row of docs/design/faults.md describes. */
export interface ImageFaultCase extends ImageFault {
  readonly row: string;
  readonly when: string;
}

const completed = { end: 'Completed', record: { uploads: 1, ambiguousUploads: 0 }, posts: 1 } as const;
const error = (status: number, code: string): AwsFault => ({ kind: 'error', status, code });

/** Larger than what is read first, so that the rest is read by a second request. */
const LARGE = Buffer.concat([PNG, Buffer.alloc(600_000)]);

const reading: Omit<AwsInjection, 'fault'> = { service: 's3', operation: 'GetObject', about: '.png' };
const tagging: Omit<AwsInjection, 'fault'> = { service: 's3', operation: 'PutObjectTagging' };

/** More errors than the SDK retries, so that the state machine does. */
const BEYOND_SDK_RETRIES = 4;

function awsCase(
  row: string,
  when: string,
  aws: AwsInjection,
  expected: ExpectedImage = completed,
  content?: Uint8Array,
): ImageFaultCase {
  return { row, when, aws: [aws], expected, ...(content !== undefined && { content }) };
}

function uploadCase(
  row: string,
  when: string,
  uploads: readonly ScriptedUpload[],
  expected: ExpectedImage,
): ImageFaultCase {
  return { row, when, uploads, expected };
}

const silently = { fault: 'reset', createsTask: true } as const;

/** Faults of the object, in the order in which it is read. */
const SOURCE_FAULTS: readonly ImageFaultCase[] = [
  awsCase('O3', 'S3 fails to describe the object', {
    ...{ service: 's3', operation: 'HeadObject', times: BEYOND_SDK_RETRIES },
    fault: error(503, 'SlowDown'),
  }),
  awsCase('O3', 'S3 fails to return the settings of the folder', {
    ...{ service: 's3', operation: 'GetObject', about: '_settings', times: BEYOND_SDK_RETRIES },
    fault: error(500, 'InternalError'),
  }),
  awsCase('O3', 'S3 fails to return the image', {
    ...{ ...reading, times: BEYOND_SDK_RETRIES },
    fault: error(503, 'SlowDown'),
  }),
  awsCase('O3', 'the connection to S3 breaks', { ...reading, fault: { kind: 'reset' } }),
  awsCase(
    'I12',
    'S3 fails to return the rest of the image',
    { ...reading, after: 1, times: BEYOND_SDK_RETRIES, fault: error(503, 'SlowDown') },
    // Whether Aspose notices an incomplete request is a matter of timing.
    { end: completed.end, record: completed.record },
    LARGE,
  ),
  awsCase(
    'I11',
    'access to the object is denied',
    { ...reading, times: Infinity, fault: error(403, 'AccessDenied') },
    { end: 'SourceUnreadable', record: { uploads: 0 }, posts: 0 },
  ),
  awsCase(
    'I11',
    'the object is replaced after the event',
    { ...reading, times: Infinity, fault: error(412, 'PreconditionFailed') },
    { end: 'SourceUnreadable', record: { uploads: 0 }, posts: 0 },
  ),
];

/** Faults of DynamoDB, Secrets Manager and the tags. */
const SERVICE_FAULTS: readonly ImageFaultCase[] = [
  awsCase('O3', 'DynamoDB throttles the claim of the image', {
    ...{ service: 'dynamodb', operation: 'PutItem', about: 'image#', times: BEYOND_SDK_RETRIES },
    fault: error(400, 'ProvisionedThroughputExceededException'),
  }),
  awsCase('O3', 'DynamoDB throttles the record of the task', {
    ...{ service: 'dynamodb', operation: 'PutItem', about: /"Submitted"/, times: 2 },
    fault: error(400, 'ProvisionedThroughputExceededException'),
  }),
  awsCase(
    'I7',
    'the record of the task cannot be written',
    {
      ...{ service: 'dynamodb', operation: 'PutItem', about: /"Submitted"/, times: BEYOND_SDK_RETRIES },
      fault: error(500, 'InternalServerError'),
    },
    { end: 'Completed', record: { uploads: 2, ambiguousUploads: 1 }, posts: 2 },
  ),
  awsCase('O17', 'tagging is denied', { ...tagging, times: Infinity, fault: error(403, 'AccessDenied') }),
  awsCase('O17', 'tagging fails for a while', {
    ...{ ...tagging, times: BEYOND_SDK_RETRIES },
    fault: error(503, 'SlowDown'),
  }),
];

/** Uploads that end in different ways, one after the other. */
const UPLOAD_SEQUENCES: readonly ImageFaultCase[] = [
  uploadCase('I6', 'a reset after its body', [silently, ACCEPTED], {
    ...{ end: 'Completed', posts: 2 },
    record: { uploads: 2, ambiguousUploads: 1 },
  }),
  uploadCase(
    'I8',
    'a lost task and a reset after the second body',
    [{ accept: { fetches: lostAfter(1) } }, silently],
    { end: 'Expired', record: { uploads: 2, ambiguousUploads: 1 }, posts: 2 },
  ),
  uploadCase('I8', 'a reset, and then a lost task', [silently, { accept: { fetches: lostAfter(1) } }], {
    end: 'Expired',
    record: { uploads: 2, ambiguousUploads: 1 },
    posts: 2,
  }),
  uploadCase(
    'I8',
    'a lost task and 503 responses',
    [{ accept: { fetches: lostAfter(1) } }, { httpStatus: 503 }, { httpStatus: 503 }, ACCEPTED],
    { end: 'Completed', record: { uploads: 2, ambiguousUploads: 0 }, posts: 4 },
  ),
  uploadCase('I2', 'one 401', [{ httpStatus: 401 }, ACCEPTED], { ...completed, posts: 2 }),
  uploadCase('I2', 'two 401 responses', [{ httpStatus: 401 }], {
    ...{ end: 'CredentialsRejected', posts: 2 },
    record: { uploads: 0 },
  }),
  uploadCase('I4', 'a refusal before its body is read', [{ httpStatus: 413, when: 'beforeBody' }], {
    end: 'RefusedByVendor',
    record: { uploads: 0 },
  }),
];

export const IMAGE_FAULTS = [...SOURCE_FAULTS, ...SERVICE_FAULTS, ...UPLOAD_SEQUENCES];
