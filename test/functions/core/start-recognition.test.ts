import { describe, expect, it } from 'vitest';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import { startRecognition } from '../../../functions/core/start-recognition.ts';
import { instantAfter, START } from '../../support/builders.ts';
import { anImage, anImageInput, IMAGE_ID } from '../../support/image-builders.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const image = anImageInput({ imageId: IMAGE_ID });
const done = anImage({ state: 'Done', outcome: 'Completed' });

function starting(record?: ImageRecord) {
  const world = memoryPorts();
  if (record !== undefined) world.images.all.set(IMAGE_ID, record);
  return {
    ...world,
    start: (details: { readonly again?: boolean; readonly requestedAt?: number } = {}) =>
      startRecognition({ image, ...details }, world.ports),
  };
}

describe('startRecognition', () => {
  it('starts an execution named after the image, and writes its claim', async () => {
    const { start, recognitions, images } = starting();

    expect(await start()).toMatchObject({ kind: 'Recorded', isNew: true, record: { state: 'Submitting' } });
    expect([...recognitions.keys()]).toEqual([`${IMAGE_ID}-1`]);
    expect(images.current()).toMatchObject({ imageId: IMAGE_ID, version: 1 });
  });

  it('starts one execution for two requests at once', async () => {
    const { start, recognitions } = starting();

    const starts = await Promise.all([start(), start()]);

    expect(recognitions.size).toBe(1);
    expect(starts.map(({ kind }) => kind)).toEqual(['Recorded', 'Recorded']);
  });

  it.each([
    ['it is open', anImage(), {}],
    ['it is open, even for a later event', anImage(), { requestedAt: START + 1000 }],
    ['it is done', done, {}],
    ['it is done, and the event is older than its start', done, { requestedAt: START - 1000 }],
  ])('starts nothing when %s', async (_, record, details) => {
    const { start, recognitions } = starting(record);

    expect(await start(details)).toEqual({ kind: 'Recorded', record, isNew: false });
    expect(recognitions.size).toBe(0);
  });

  it.each([
    ['a later event', done, { requestedAt: START + 1 }],
    ['a request to recognize it again', done, { again: true }],
    ['an expired record', { ...done, expiresAt: START / 1000 - 1 }, {}],
  ])('starts the next generation for %s', async (_, record, details) => {
    const { start, recognitions } = starting(record);

    expect(await start(details)).toMatchObject({ isNew: true, record: { generation: 2 } });
    expect([...recognitions.keys()]).toEqual([`${IMAGE_ID}-2`]);
  });

  it('S32: starts nothing for an event that comes again when the record has been deleted', async () => {
    const { start, recognitions } = starting();
    recognitions.set(`${IMAGE_ID}-1`, { kind: 'Ended', startedAt: START });

    expect(await start({ requestedAt: START - 1 })).toEqual({ kind: 'Forgotten' });
    expect(await start({ requestedAt: START + 1 })).toMatchObject({ record: { generation: 2 } });
  });

  it('waits with the claim while the refusal of the generation before is unpublished', async () => {
    const refused = anImage({ state: 'Refused', reason: 'NotAnImage', terminalEvent: 'Pending' });
    const { start, images, recognitions } = starting({ ...refused, completedAt: instantAfter(1) });

    await start({ again: true });

    expect(recognitions.size).toBe(1);
    expect(images.current()).toMatchObject({ generation: 1, terminalEvent: 'Pending' });
  });

  it('S29: refuses another object under the id of an image', async () => {
    const { start } = starting(anImage({ ...done, source: { bucket: 'scans', key: 'other.png' } }));

    await expect(start({ again: true })).rejects.toMatchObject({ name: 'ImageConflict' });
  });
});
