import type { ImageInput } from '../../functions/contracts/image-input.ts';
import type { ImageRecord } from '../../functions/contracts/image-record.ts';
import type { UploadResult } from '../../functions/core/image-upload.ts';
import type { SubmitImagePorts } from '../../functions/core/submit-image.ts';
import { EXECUTION, instantAfter, START } from './builders.ts';
import { memoryImages } from './memory-images.ts';
import { memoryRecords } from './memory-records.ts';

/** Builders for tests about images. Each takes only the fields that matter to its test. */

export const IMAGE_ID = 'a'.repeat(40);

export const imageSource = { bucket: 'scans', key: 'scan.png', etag: '1' };

export function anImageInput(details: Partial<ImageInput> = {}): ImageInput {
  return { source: imageSource, operation: 'RecognizeImage', generation: 1, ...details };
}

/** Builds the record of an image that has just been claimed. */
export function anImage(details: Partial<ImageRecord> = {}): ImageRecord {
  return {
    imageId: IMAGE_ID,
    generation: 1,
    state: 'Submitting',
    source: imageSource,
    operation: 'RecognizeImage',
    executionArn: EXECUTION,
    startedAt: instantAfter(0),
    taskIds: [],
    uploads: 0,
    ambiguousUploads: 0,
    rejections: 0,
    messages: [],
    leaseExpiresAt: instantAfter(900),
    expiresAt: START / 1000 + 200_000,
    version: 1,
    ...details,
  };
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex');

/** The ports of `submitImage` in memory, with a clock that only sleeping moves. */
export function submitPorts(initial: readonly ImageRecord[], results: readonly UploadResult[]) {
  const images = memoryImages(...initial);
  const tasks = memoryRecords();
  const left = [...results];
  const slept: number[] = [];
  const state = { now: START, uploads: 0, isPaused: false, remainingSeconds: 240 };
  const ports = {
    images,
    tasks,
    uploads: {
      async upload() {
        state.uploads += 1;
        const result = left.length > 1 ? left.shift() : left[0];
        if (result === undefined) throw new Error('no upload is expected');
        return result;
      },
    },
    openSource: async (source) => ({
      kind: 'Opened',
      source,
      content: { bytes: PNG_HEAD.length, head: PNG_HEAD, read: async function* () {} },
    }),
    now: () => state.now,
    async sleep(seconds) {
      slept.push(seconds);
      state.now += seconds * 1000;
    },
    random: () => 1,
    remainingSeconds: () => state.remainingSeconds,
    isPollingPaused: async () => state.isPaused,
    onUpload() {},
  } satisfies SubmitImagePorts;
  return { ports, images, tasks, slept, state };
}
