import { lostAfter } from '../../../local/aspose-simulator/scripted-uploads.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import { ACCEPTED, type ImageFault } from './image-case.ts';

/** A kill of all functions at one of their calls to AWS. */
export interface ImageKill extends ImageFault {
  readonly row: string;
  readonly when: string;
}

type Call = Omit<AwsInjection, 'fault' | 'times'>;

const image = { service: 'dynamodb', about: 'image#' } as const;
const write = (after: number): Call => ({ ...image, operation: 'PutItem', after });

/** The calls of an image whose first upload succeeds, in order. */
const CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['the look at the object', { service: 's3', operation: 'HeadObject' }],
  ['the settings of the folder', { service: 's3', operation: 'GetObject', about: '_settings' }],
  ['the first read of the image', { ...image, operation: 'GetItem' }],
  ['the start', { service: 'states', operation: 'StartExecution' }],
  ['the claim of the image', write(0)],
  ['the start of the upload', write(1)],
  ['the object', { service: 's3', operation: 'GetObject', about: '.png' }],
  ['the record of the task', write(2)],
  [
    'the claim of the task',
    { service: 'dynamodb', operation: 'PutItem', about: /"taskId":\{"S":"[^#"]+"\}/ },
  ],
  ['the document', { service: 's3', operation: 'PutObject', about: 'results/' }],
  ['the terminal record', { service: 'dynamodb', operation: 'PutItem', about: '"completedAt"' }],
  ['the tags that exist', { service: 's3', operation: 'GetObjectTagging' }],
  ['the tags', { service: 's3', operation: 'PutObjectTagging' }],
  ['the end of the image', write(3)],
];

const MOMENTS = ['before', 'after'] as const;
const completed = { end: 'Completed' };

export const IMAGE_KILLS: readonly ImageKill[] = CALLS.flatMap(([name, call]) =>
  MOMENTS.map((moment) => ({
    row: name === 'the start of the upload' || name === 'the record of the task' ? 'I7' : 'O2',
    when: `${moment} ${name}`,
    aws: [{ ...call, fault: { kind: 'kill', moment } as const }],
    expected: completed,
  })),
);

/** The writes of an image whose first task is lost, from the second upload on. */
const REUPLOAD_WRITES: readonly (readonly [name: string, call: Call])[] = [
  ['the mark of the lost task', { service: 'dynamodb', operation: 'PutItem', about: '"lostAs"' }],
  ['the start of the second upload', write(3)],
  ['the record of the second task', write(4)],
  ['the end of the lost task', { service: 'dynamodb', operation: 'PutItem', about: '"replacedBy"' }],
];

export const REUPLOAD_KILLS: readonly ImageKill[] = REUPLOAD_WRITES.flatMap(([name, call]) =>
  MOMENTS.map((moment) => ({
    row: 'I8',
    when: `${moment} ${name}`,
    uploads: [{ accept: { fetches: lostAfter(1) } }, ACCEPTED],
    aws: [{ ...call, fault: { kind: 'kill', moment } as const }],
    // An upload of unknown result uses up maxUploads, so the lost task stays the last one.
    expected: { end: ['Completed', 'Expired'], record: { uploads: 2 } },
  })),
);
