import { describe, expect, it } from 'vitest';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { type CloseImagePorts, closeImage } from '../../../functions/core/close-image.ts';
import { markLost } from '../../../functions/core/lost-task.ts';
import {
  anEnding,
  aRecord,
  aTerminalRecord,
  BUCKET,
  claimant,
  instantAfter,
  OTHER_EXECUTION,
  START,
} from '../../support/builders.ts';
import { anImage, anImageInput, IMAGE_ID } from '../../support/image-builders.ts';
import { memoryImages, memoryTags } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

function closing(image?: ImageRecord, ...others: (TaskRecord | Partial<CloseImagePorts>)[]) {
  const tasks = others.filter((other) => 'taskId' in other);
  const different = others.find((other) => !('taskId' in other));
  const images = memoryImages(...(image === undefined ? [] : [image]));
  const records = memoryRecords(...tasks);
  const published: string[] = [];
  const publish = async ({ idempotencyKey }: { readonly idempotencyKey: string }) => {
    published.push(idempotencyKey);
  };
  const ports = {
    ...{ images, records, ...memoryTags(), bucket: BUCKET, now: () => START + 60_000 },
    publishRefusal: publish,
    events: { publish: async (_: string, detail: { readonly idempotencyKey: string }) => publish(detail) },
    ...different,
  };
  const close = (status: 'ABORTED' | 'FAILED' | 'TIMED_OUT', error = '') =>
    closeImage(
      { ...claimant, status, error },
      { imageId: IMAGE_ID, input: anImageInput(), maxUploads: 2 },
      ports,
    );
  return { close, images, records, published };
}

const REFUSAL_KEY = `image/${IMAGE_ID}/1`;
const submitted: Partial<ImageRecord> = {
  ...{ state: 'Submitted', taskIds: ['one'], uploads: 1, uploadedAt: instantAfter(0) },
};
const ofImage = { taskId: 'one', imageId: IMAGE_ID };

describe('closeImage before there is a task', () => {
  it.each([
    ['ABORTED', 'Cancelled'],
    ['FAILED', 'InternalError'],
    ['TIMED_OUT', 'InternalError'],
  ] as const)('refuses the image of an execution that is %s as %s, once', async (status, reason) => {
    const { close, images, published } = closing(anImage());

    await close(status);
    await close(status);

    expect(images.current()).toMatchObject({ state: 'Refused', reason, terminalEvent: 'Published' });
    expect(published).toEqual([REFUSAL_KEY]);
  });

  it('refuses an image that its execution had not claimed', async () => {
    const { close, images, published } = closing();

    await close('ABORTED');

    expect(images.current()).toMatchObject({ state: 'Refused', version: 1 + 1 });
    expect(published).toEqual([REFUSAL_KEY]);
  });

  it('counts an upload that is under way as ambiguous, and warns', async () => {
    const { close, images } = closing(anImage({ uploadEndsAt: instantAfter(200) }));

    await close('ABORTED');

    expect(images.current()).toMatchObject({ uploads: 1, ambiguousUploads: 1 });
    expect(images.current()?.uploadEndsAt).toBeUndefined();
    expect(images.current()?.messages.join()).toContain('Aspose may have created tasks');
  });

  it('publishes a refusal once, even if the object cannot be tagged', async () => {
    const { close, published } = closing(anImage(), {
      tagSource: async () => {
        throw new Error('SlowDown');
      },
    });

    await expect(close('FAILED')).rejects.toThrow('SlowDown');
    await close('FAILED');

    expect(published).toEqual([REFUSAL_KEY]);
  });

  it('publishes a refusal that was recorded before, and leaves images of other executions alone', async () => {
    const refused = anImage({ state: 'Refused', reason: 'NotAnImage', terminalEvent: 'Pending' });
    const own = closing(refused);
    const other = closing({ ...refused, executionArn: OTHER_EXECUTION });

    await own.close('FAILED', 'OcrImageRefused');
    await other.close('FAILED', 'OcrImageRefused');

    expect([own.published, other.published]).toEqual([[REFUSAL_KEY], []]);
  });
});

describe('closeImage afterwards', () => {
  it('closes the task and the image, which gets no other task', async () => {
    const { close, images, records, published } = closing(anImage(submitted), aRecord(ofImage));

    await close('ABORTED');

    expect(records.current()).toMatchObject({ outcome: 'Cancelled' });
    expect(images.current()).toMatchObject({ state: 'Done', outcome: 'Cancelled', noMoreUploads: true });
    expect(published).toEqual(['RecognizeImage/one/1']);
  });

  it('publishes the outcome of the task when the image is done and the bus refused the event', async () => {
    const { close, published } = closing(
      anImage({ ...submitted, state: 'Done', outcome: 'Completed' }),
      aTerminalRecord(ofImage),
    );

    await close('FAILED', 'EventBridge.FailedEntry');

    expect(published).toEqual(['RecognizeImage/one/1']);
  });

  it('does nothing after an error that is an outcome', async () => {
    const { close, published } = closing(
      anImage(submitted),
      aTerminalRecord({ ...ofImage, outcome: 'Expired' }),
    );

    expect(await close('FAILED', 'OcrTaskExpired')).toMatchObject({ kind: 'Nothing' });
    expect(published).toEqual([]);
  });

  it('ends a lost task that the last one replaces without an event', async () => {
    const lost = markLost(aRecord({ ...ofImage, taskId: 'lost' }), anEnding('NotFound'), START, 900);
    const image = anImage({ ...submitted, taskIds: ['lost', 'one'], uploads: 2 });
    const { close, records, published } = closing(image, lost);

    await close('ABORTED');

    expect(records.all.get('lost')).toMatchObject({ outcome: 'NotFound', replacedBy: 'one' });
    expect(published).toEqual(['RecognizeImage/one/1']);
  });
});
