import { describe, it } from 'vitest';
import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { startFaultyCourier } from '../layers/faulty-courier.ts';
import { ACCEPTED, type ExpectedImage, expectSoundImageUnder } from './image-case.ts';

const HANGS = { fault: 'hang', createsTask: true } as const;

/** Concurrent, because the timeout of an upload takes 150 s of real time. */
describe.concurrent('an upload that gets no response for 150 s', () => {
  it.for<[string, readonly ScriptedUpload[], ExpectedImage]>([
    [
      'is counted as ambiguous, and repeated once',
      [HANGS, ACCEPTED],
      { end: 'Completed', record: { uploads: 2, ambiguousUploads: 1 }, posts: 2 },
    ],
    [
      'refuses the image when it was the second one',
      [HANGS, HANGS],
      { end: 'UploadUnknown', record: { uploads: 2, ambiguousUploads: 2 }, posts: 2 },
    ],
    [
      'leaves a lost task the last one',
      [{ accept: { fetches: lostAfter(1) } }, HANGS],
      { end: 'Expired', record: { uploads: 2, ambiguousUploads: 1 }, posts: 2 },
    ],
  ])('I6: %s', { timeout: 600_000 }, async ([, uploads, expected]) => {
    await using courier = await startFaultyCourier();
    await expectSoundImageUnder(courier, { uploads, expected });
  });
});
