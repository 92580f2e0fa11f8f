import { describe, expect, it } from 'vitest';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import type { UploadResult } from '../../../functions/core/image-upload.ts';
import { markLost } from '../../../functions/core/lost-task.ts';
import { submitImage } from '../../../functions/core/submit-image.ts';
import {
  anEnding,
  aRecord,
  claimant,
  instantAfter,
  OTHER_EXECUTION,
  otherClaimant,
  START,
} from '../../support/builders.ts';
import { anImage, anImageInput, IMAGE_ID, submitPorts } from '../../support/image-builders.ts';

const named = { imageId: IMAGE_ID, input: anImageInput(), maxUploads: 2 };
const accepted: UploadResult = { kind: 'Accepted', taskId: 'task-1' };
const notAccepted: UploadResult = { kind: 'NotAccepted', detail: 'Aspose returned HTTP 503' };
const lostTask = (taskId: string) =>
  markLost(aRecord({ taskId, imageId: IMAGE_ID }), anEnding('Expired'), START, 900);

function submitting(record: ImageRecord | undefined, ...results: UploadResult[]) {
  const setUp = submitPorts(record === undefined ? [] : [record], results);
  return { ...setUp, submit: (by = claimant) => submitImage(named, by, setUp.ports) };
}

describe('submitImage', () => {
  it('returns the new task, whose clocks start at the upload', async () => {
    const { submit, images } = submitting(undefined, accepted);

    expect(await submit()).toMatchObject({
      task: { taskId: 'task-1', submittedAt: instantAfter(0) },
      image: { uploads: 1, isLast: false, maxPolls: 800, warnings: [] },
      startedAt: instantAfter(0),
    });
    expect(images.current()).toMatchObject({ state: 'Submitted', taskIds: ['task-1'], uploads: 1 });
  });

  it('returns the same task without another upload when it is invoked again', async () => {
    const { submit, state } = submitting(undefined, accepted);
    const first = await submit();

    expect(await submit()).toEqual(first);
    expect(state.uploads).toBe(1);
  });

  it('uploads once when Aspose has lost the first task, and ends that without an event', async () => {
    const { submit, tasks, images } = submitting(
      anImage({ state: 'Submitted', taskIds: ['lost'], uploads: 1, uploadedAt: instantAfter(0) }),
      accepted,
    );
    tasks.all.set('lost', lostTask('lost'));

    expect(await submit()).toMatchObject({ task: { taskId: 'task-1' }, image: { uploads: 2, isLast: true } });
    expect(images.current()?.taskIds).toEqual(['lost', 'task-1']);
    expect(tasks.all.get('lost')).toMatchObject({ outcome: 'Expired', replacedBy: 'task-1' });
    expect(tasks.all.get('lost')?.terminalEvent).toBeUndefined();
  });

  it('ends the lost task after a death between the record of the image and that of the task', async () => {
    const { submit, tasks, state } = submitting(
      anImage({ state: 'Submitted', taskIds: ['lost', 'next'], uploads: 2, uploadedAt: instantAfter(0) }),
    );
    tasks.all.set('lost', lostTask('lost'));

    expect(await submit()).toMatchObject({ task: { taskId: 'next' } });
    expect(tasks.all.get('lost')).toMatchObject({ outcome: 'Expired', replacedBy: 'next' });
    expect(tasks.all.get('next')).toMatchObject({ status: 'Collecting' });
    expect(state.uploads).toBe(0);
  });

  it.each([
    ['while polling is paused', { isPaused: true }, 'polling is paused'],
    ['when too little time is left', { remainingSeconds: 179 }, 'too little time is left for an upload'],
  ])('postpones the upload %s', async (_, different, message) => {
    const { submit, state } = submitting(undefined, accepted);
    Object.assign(state, different);

    await expect(submit()).rejects.toMatchObject({ name: 'UploadPostponed', message });
    expect(state.uploads).toBe(0);
  });

  it('waits for an upload of a dead invocation, then counts it as ambiguous', async () => {
    const { submit, images, slept } = submitting(anImage({ uploadEndsAt: instantAfter(15) }), accepted);

    expect(await submit()).toMatchObject({ image: { uploads: 2, isLast: true } });
    expect(slept).toEqual([15, 5]);
    expect(images.current()).toMatchObject({ uploads: 2, ambiguousUploads: 1 });
  });

  it('leaves a wait of more than 20 s to the state machine', async () => {
    const { submit } = submitting(anImage({ uploadEndsAt: instantAfter(21) }), accepted);

    await expect(submit()).rejects.toMatchObject({ name: 'UploadPostponed' });
  });

  it('refuses an image whose uploads are used up without a known task', async () => {
    const { submit, images } = submitting(undefined, { kind: 'Unknown', detail: 'reset' });

    await expect(submit()).rejects.toMatchObject({ name: 'OcrImageRefused' });
    expect(images.current()).toMatchObject({ reason: 'UploadUnknown', uploads: 2, ambiguousUploads: 2 });
  });

  it('returns the task of another execution, and waits until there is one', async () => {
    const found = anImage({
      state: 'Submitted',
      taskIds: ['theirs'],
      uploads: 1,
      uploadedAt: instantAfter(0),
    });

    expect(await submitting(found).submit(otherClaimant)).toMatchObject({ task: { taskId: 'theirs' } });
    const waiting = submitting(anImage());
    waiting.state.remainingSeconds = 190;
    await expect(waiting.submit(otherClaimant)).rejects.toMatchObject({ name: 'UploadPostponed' });
  });

  it('waits while the owner uploads the image of a lost task again', async () => {
    const { submit, tasks, state } = submitting(
      anImage({ state: 'Submitted', taskIds: ['lost'], uploads: 1, uploadedAt: instantAfter(0) }),
    );
    tasks.all.set('lost', lostTask('lost'));
    state.remainingSeconds = 100;

    await expect(submit(otherClaimant)).rejects.toMatchObject({ name: 'UploadPostponed' });
  });

  it('uploads an image that was done more than 24 hours ago, whose task may have no record', async () => {
    const found = anImage({
      ...{ state: 'Done', outcome: 'Completed', taskIds: ['old'], uploads: 2 },
      ...{ uploadedAt: instantAfter(-86_400), executionArn: OTHER_EXECUTION },
    });
    const { submit, state } = submitting(found, accepted);

    expect(await submit()).toMatchObject({ task: { taskId: 'task-1' }, image: { uploads: 1 } });
    expect(state.uploads).toBe(1);
  });

  it('waits until the refusal of the generation before is published', async () => {
    const refused = anImage({ state: 'Refused', reason: 'NotAnImage', terminalEvent: 'Pending' });
    const { ports, state } = submitPorts([refused], [accepted]);
    state.remainingSeconds = 100;
    const next = { ...named, input: anImageInput({ generation: 2 }) };

    await expect(submitImage(next, otherClaimant, ports)).rejects.toMatchObject({ name: 'UploadPostponed' });
  });

  it('refuses an image that the inbox could not read', async () => {
    const { ports, images, state } = submitPorts([], [accepted]);
    const unreadable = { ...named, input: anImageInput({ unreadable: 'HTTP 403' }) };

    await expect(submitImage(unreadable, claimant, ports)).rejects.toMatchObject({ name: 'OcrImageRefused' });
    expect(images.current()).toMatchObject({ reason: 'SourceUnreadable', messages: ['HTTP 403'] });
    expect(state.uploads).toBe(0);
  });

  it('does not count a pause of polling to the hour of rejections', async () => {
    const rejected = { rejections: 3, rejectedSince: instantAfter(-3599) };
    const { submit, state, images } = submitting(anImage(rejected), notAccepted, accepted);
    state.isPaused = true;
    await expect(submit()).rejects.toMatchObject({ name: 'UploadPostponed' });
    state.isPaused = false;

    await submit();

    expect(images.current()).toMatchObject({ state: 'Submitted' });
  });

  it.each([
    ['another operation', { operation: 'RecognizeTable' }, false],
    ['another object', { source: { bucket: 'scans', key: 'other.png' } }, false],
    ['an announced image with another key', {}, true],
  ] as const)('S29: refuses an id that belongs to %s', async (_, input, isAnnounced) => {
    const { source: _source, ...image } = anImage();
    const { ports } = submitPorts(
      [isAnnounced ? { ...image, state: 'AwaitingUpload' } : anImage()],
      [accepted],
    );

    const submitting = submitImage({ ...named, input: anImageInput(input) }, otherClaimant, ports);

    await expect(submitting).rejects.toMatchObject({ name: 'ImageConflict' });
  });

  it('takes over an image whose owner is late', async () => {
    const { submit, images, state } = submitting(anImage(), accepted);
    state.now = START + 901_000;

    await submit(otherClaimant);

    expect(images.current()).toMatchObject({ executionArn: OTHER_EXECUTION, taskIds: ['task-1'] });
  });
});

describe('uploads that Aspose rejects', () => {
  it('are repeated after 1 s, doubling, within one invocation up to 20 s', async () => {
    const { submit, slept, state, images } = submitting(undefined, notAccepted);

    await expect(submit()).rejects.toMatchObject({ name: 'UploadPostponed' });

    expect(slept).toEqual([1, 2, 4, 8, 16]);
    expect(state.uploads).toBe(6);
    expect(images.current()).toMatchObject({
      uploads: 0,
      rejections: 6,
      nextUploadAt: instantAfter(31 + 32),
    });
  });

  it('wait at most five minutes', async () => {
    const rejected = anImage({ rejections: 12, rejectedSince: instantAfter(0) });
    const { submit, images } = submitting(rejected, notAccepted);

    await expect(submit()).rejects.toMatchObject({ name: 'UploadPostponed' });
    expect(images.current()?.nextUploadAt).toBe(instantAfter(300));
  });

  it.each([
    ['within the hour', 3599, { state: 'Submitting', nextUploadAt: instantAfter(3599) }, 'UploadPostponed'],
    ['after it', 3601, { state: 'Refused', reason: 'UpstreamUnavailable', uploads: 0 }, 'OcrImageRefused'],
  ])('obey a Retry-After %s', async (_, retryAfterSeconds, record, name) => {
    const { submit, images } = submitting(undefined, { ...notAccepted, retryAfterSeconds });

    await expect(submit()).rejects.toMatchObject({ name });
    expect(images.current()).toMatchObject(record);
  });

  it('count anew after an upload that was accepted', async () => {
    const { submit, images } = submitting(undefined, notAccepted, accepted);

    await submit();

    expect(images.current()).toMatchObject({ rejections: 0, taskIds: ['task-1'] });
    expect(images.current()?.rejectedSince).toBeUndefined();
  });

  it('leave a lost task the last one, with a warning', async () => {
    const { submit, tasks } = submitting(
      anImage({ state: 'Submitted', taskIds: ['lost'], uploads: 1, uploadedAt: instantAfter(0) }),
      { kind: 'Refused', reason: 'QuotaExceeded', message: 'Aspose returned HTTP 402' },
    );
    tasks.all.set('lost', lostTask('lost'));

    expect(await submit()).toMatchObject({
      task: { taskId: 'lost' },
      image: {
        isLast: true,
        warnings: ['The image was not submitted again: QuotaExceeded: Aspose returned HTTP 402'],
      },
    });
  });
});
