import { it } from 'vitest';
import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { newBatchId, openBatches } from '../../support/batches.ts';
import { openInbox, PNG } from '../../support/inbox.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { awsError, type ExpectedBatch, expectSoundBatch } from './batch-case.ts';
import { forgetAll } from './expect-sound.ts';
import { ACCEPTED } from './image-case.ts';

const courier = await faultyCourierForAll();
const batches = openBatches(courier);
const inbox = openInbox(courier);

const silently = { fault: 'reset', createsTask: true } as const;
const lost: ScriptedUpload = { accept: { fetches: lostAfter(1) } };
const completed: ExpectedBatch = { counts: { Completed: 1 } };
const image = { service: 'dynamodb', operation: 'PutItem', about: 'image#' } as const;
const source = { service: 's3', operation: 'GetObject', about: '.png' } as const;
const kill = (moment: 'before' | 'after') => ({ kind: 'kill', moment }) as const;

interface ImageFault {
  readonly row: string;
  readonly when: string;
  readonly uploads?: readonly ScriptedUpload[];
  readonly content?: Uint8Array;
  readonly aws?: readonly AwsInjection[];
  readonly expected?: ExpectedBatch;
}

const uploadCase = (when: string, uploads: readonly ScriptedUpload[], expected = completed): ImageFault => ({
  row: 'B12',
  when,
  uploads,
  expected,
});

/** The writes of an image whose first upload succeeds, in order. */
const WRITES = ['the claim of the image', 'the start of the upload', 'the record of the task'];

const FAULTS: readonly ImageFault[] = [
  uploadCase('a reset after its body', [silently, ACCEPTED]),
  uploadCase('two resets after its body', [silently], { counts: { Refused: 1 } }),
  uploadCase('503 responses', [{ httpStatus: 503 }, { httpStatus: 503 }, ACCEPTED]),
  uploadCase('429 with Retry-After', [{ httpStatus: 429, headers: { 'retry-after': '400' } }, ACCEPTED]),
  uploadCase('a lost task', [lost, ACCEPTED]),
  uploadCase('two lost tasks', [lost, lost], { counts: { Expired: 1 } }),
  uploadCase('a refusal', [{ httpStatus: 413 }], { counts: { Refused: 1 } }),
  uploadCase('a used-up quota', [{ httpStatus: 402 }], {
    ...{ outcome: 'Stopped', reason: 'QuotaExceeded', counts: { Refused: 1 } },
  }),
  {
    ...{ row: 'B12', when: 'content that is not an image' },
    content: Buffer.from('text'),
    expected: { counts: { Refused: 1 } },
  },
  {
    ...{ row: 'B12', when: 'errors of S3 at the image' },
    aws: [{ ...source, times: 4, fault: awsError(503, 'SlowDown') }],
  },
  ...WRITES.flatMap((name, after) =>
    (['before', 'after'] as const).map((moment) => ({
      ...{ row: 'B1 B12', when: `a kill ${moment} ${name}` },
      aws: [{ ...image, after, fault: kill(moment) }],
    })),
  ),
];

it.each(FAULTS)('$row: an image of a batch has one line after $when', async (fault) => {
  const { uploads = [ACCEPTED], content = PNG, aws = [], expected = completed } = fault;
  forgetAll(courier);
  courier.simulator.scriptUploads(uploads);
  const batchId = newBatchId();
  await inbox.put(`images/${batchId}/scan.png`, content);
  const struck = aws.map((injection) => courier.aws.inject(injection));

  const images = { bucket: inbox.bucket, prefix: `images/${batchId}/` };
  const settled = await batches.collect(batchId, { images });

  courier.aws.heal();
  for (const count of struck) {
    if (count() === 0) throw new Error('the fault does not occur');
  }
  await expectSoundBatch(courier, { batchId, taskIds: [] }, settled, expected);
});
