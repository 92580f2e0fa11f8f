import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { INBOX_PREFIX } from '../../../functions/contracts/image-input.ts';
import { requestedUploadSchema } from '../../../functions/contracts/images-api.ts';
import { lostAfter } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { completed } from '../../support/responses.ts';
import { until } from '../../support/until.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING, isSkipped } from './deployed-courier.ts';
import { deleteObject, putObject, tagsOf } from './stored-objects.ts';

const LETTER = await readFile(join(PROJECT, 'local', 'samples', 'letter.png'));
/** S3 sends keys with such characters encoded in some places, and plain in others. */
const FILE_NAME = 'a b+c ü.png';

const eventDetailSchema = z.looseObject({ results: z.tuple([z.looseObject({ key: z.string() })]) });

describe.runIf(CAN_RECOGNIZE)('an image in the inbox', () => {
  it('is recognized once, and again by an execution with other settings', async () => {
    const operation = 'RecognizeImage';
    const settings = { language: 'English' };
    const correlation = 'e2e inbox';

    const image = await courier.uploadToInbox(FILE_NAME, LETTER, { operation, settings, correlation });
    const { imageId, source } = image;
    const record = await courier.endedImage(imageId);
    const [event] = await courier.eventsOfImage(imageId);
    const tags = await tagsOf(source);
    const repeated = await courier.recognize({ source, operation, settings });
    const asPdf = await courier.recognize({
      source,
      operation,
      settings: { ...settings, resultType: 'Pdf' },
    });

    expect(record).toMatchObject({ state: 'Done', outcome: 'Completed', uploads: 1, source });
    expect(event).toMatchObject({
      'detail-type': 'OCR Task Completed',
      detail: { imageId, source, uploads: 1, correlation },
    });
    const { results } = eventDetailSchema.parse(event?.detail);
    expect((await courier.object(results[0].key)).bytes.toString()).toMatch(/\w{3}/);
    expect(tags).toEqual({ 'ocr-courier': 'Completed', 'ocr-task': event?.detail.taskId });
    expect(JSON.parse(repeated.output ?? '')).toEqual(event?.detail);
    const pdf = JSON.parse(asPdf.output ?? '');
    courier.adopt({ imageId: pdf.imageId, source });
    expect(pdf).toMatchObject({ outcome: 'Completed', source, results: [{ type: 'Pdf' }] });
    expect(pdf.imageId).not.toBe(imageId);
  });
});

describe('a text file in the inbox', () => {
  it('is refused: event, record, tags and execution have the reason', async () => {
    const { imageId, source } = await courier.uploadToInbox('notes.png', Buffer.from('no picture'), {
      operation: 'RecognizeImage',
    });

    const [event] = await courier.eventsOfImage(imageId);
    const record = await courier.endedImage(imageId);
    const execution = await courier.ended(String(record['executionArn']));
    const tags = await until('the tags', { seconds: 30 }, async () => {
      const found = await tagsOf(source);
      return Object.keys(found).length > 0 ? found : undefined;
    });

    expect(event).toMatchObject({
      'detail-type': 'OCR Image Refused',
      detail: { imageId, source, reason: 'NotAnImage', uploads: 0 },
    });
    expect(record).toMatchObject({ state: 'Refused', reason: 'NotAnImage', taskIds: [] });
    expect(tags).toEqual({ 'ocr-courier': 'Refused' });
    expect(execution.status).toBe('FAILED');
    if (!isSkipped('errorNames')) expect(execution.error).toBe('OcrImageRefused');
  });
});

describe.runIf(CAN_SCRIPT)('an image whose task Aspose loses', () => {
  it('is uploaded again, and publishes only the event of its last task', async () => {
    const operation = 'RecognizeLabel';
    courier.scriptUploads(
      operation,
      { accept: { fetches: lostAfter(1) } },
      { accept: { fetches: [completed('whale')] } },
    );

    const { imageId, source } = await courier.uploadToInbox('label.png', LETTER, { operation });
    const image = await courier.endedImage(imageId);
    const events = await courier.eventsOfImage(imageId);

    const [lost = '', last = ''] = z.tuple([z.string(), z.string()]).parse(image['taskIds']);
    expect(events).toMatchObject([
      { 'detail-type': 'OCR Task Completed', detail: { taskId: last, imageId, source, uploads: 2 } },
    ]);
    expect(await courier.record(lost)).toMatchObject({ outcome: 'Expired', replacedBy: last });
    expect(await courier.record(last)).toMatchObject({ outcome: 'Completed', uploads: 2 });
  });
});

describe.runIf(CAN_RECOGNIZE)('POST /images', () => {
  it('returns a link for one upload, and GET /images/{imageId} shows what becomes of it', async () => {
    const request = { fileName: FILE_NAME, contentType: 'image/png', polling: EAGER_POLLING };

    const requested = await courier.call('POST', '/images', request);
    const { imageId, upload } = requestedUploadSchema.parse(requested.body);
    const key = `${INBOX_PREFIX}RecognizeImage/api/${imageId}/${FILE_NAME}`;
    courier.adopt({ imageId, source: { bucket: courier.output('ResultsBucketName'), key } });
    const awaited = await courier.call('GET', `/images/${imageId}`);
    const { method, url, headers } = upload;
    const first = await fetch(url, { method, headers, body: LETTER });
    const second = await fetch(url, { method, headers, body: LETTER });
    await courier.endedImage(imageId);
    const done = await courier.call('GET', `/images/${imageId}`);

    expect(requested.status).toBe(201);
    expect(awaited).toMatchObject({ status: 200, body: { imageId, state: 'AwaitingUpload', task: null } });
    expect([first.status, second.status]).toEqual([200, 412]);
    expect(done).toMatchObject({
      status: 200,
      body: {
        state: 'Done',
        outcome: 'Completed',
        source: { key },
        task: { outcome: 'Completed', resultCount: 1 },
      },
    });
  });
});

describe('an object in the folder of an unknown operation', () => {
  it('arrives in the refused-submissions queue with the reason', async () => {
    const bucket = courier.output('ResultsBucketName');
    const key = `${INBOX_PREFIX}RecognizeEverything/${crypto.randomUUID()}.png`;
    await using _ = { [Symbol.asyncDispose]: () => deleteObject(bucket, key) };

    await putObject(bucket, key, LETTER, {});

    expect(await courier.refusedSubmission(key)).toMatchObject({
      requestPayload: { detail: { object: { key } } },
      responsePayload: {
        errorType: 'InvalidInput',
        errorMessage: expect.stringContaining('key: got an object outside the folder of an operation'),
      },
    });
  });
});
