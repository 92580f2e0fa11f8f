import { PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { lostAfter } from '../../local/aspose-simulator/scripted-uploads.ts';
import { courierForAll } from '../support/courier.ts';
import { openInbox, PNG } from '../support/inbox.ts';
import { receive } from '../support/queue.ts';
import { completed, pending } from '../support/responses.ts';

const courier = await courierForAll();
const inbox = openInbox(courier);
const WHALE = { accept: { fetches: [pending, completed('whale')] } };

let names = 0;
/** A key that no other test uses. */
const aKey = (name = 'scan.png', operation = 'RecognizeImage') => {
  names += 1;
  return `inbox/${operation}/${names}/${name}`;
};

/** Does something as soon as a function logs this message about a task. */
function atFirst<T>(message: string, act: (taskId: string) => Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    const stop = courier.stack.onLog((line) => {
      if (!line.includes(`"message":"${message}"`)) return;
      stop();
      resolve(act(JSON.parse(line).taskId));
    });
  });
}

beforeEach(() => {
  courier.forget();
  courier.simulator.scriptUploads([WHALE]);
});

describe('an image in the inbox', () => {
  it('ends in documents, one event with its source, and tags', async () => {
    const key = aKey('a b+c ü.png');

    const { events, image, tags } = await inbox.recognize(key);

    expect(events).toMatchObject([
      {
        'detail-type': 'OCR Task Completed',
        detail: { imageId: image?.imageId, uploads: 1, source: { bucket: inbox.bucket, key } },
      },
    ]);
    const { taskId } = Object(events[0]?.detail);
    expect(image).toMatchObject({ state: 'Done', outcome: 'Completed', taskIds: [taskId], uploads: 1 });
    expect(tags).toEqual({ 'ocr-courier': 'Completed', 'ocr-task': taskId });
    expect(await courier.keys(`results/RecognizeImage/${taskId}/`)).toHaveLength(2);
    expect(inbox.uploads()).toBe(1);
  });

  it('keeps the tags that it has', async () => {
    const key = aKey();
    await inbox.put(key);
    const Tagging = { TagSet: [{ Key: 'customer', Value: '7' }] };
    await inbox.s3.send(new PutObjectTaggingCommand({ Bucket: inbox.bucket, Key: key, Tagging }));

    const { tags } = await inbox.settle(key);

    expect(tags).toMatchObject({ customer: '7', 'ocr-courier': 'Completed' });
  });

  it('O17: ends as usual when it has no room for tags', async () => {
    const key = aKey();
    await inbox.put(key);
    const TagSet = Array.from({ length: 10 }, (_, index) => ({ Key: `tag-${index}`, Value: 'x' }));
    await inbox.s3.send(new PutObjectTaggingCommand({ Bucket: inbox.bucket, Key: key, Tagging: { TagSet } }));

    const { image, events } = await inbox.settle(key);

    expect(image).toMatchObject({ state: 'Done' });
    expect(events).toHaveLength(1);
  });

  it('is recognized with the settings of its folder, which its metadata override', async () => {
    await inbox.put(
      'inbox/RecognizeReceipt/_settings.json',
      '{"Language": "German", "makeSkewCorrect": true}',
    );
    const key = aKey('scan.png', 'RecognizeReceipt');

    const { image } = await inbox.recognize(key, PNG, {
      'ocr-language': 'French',
      'ocr-resulttype': 'Pdf',
      'ocr-correlation': 'order 7',
      camera: 'X100',
    });

    expect(image).toMatchObject({ state: 'Done', correlation: 'order 7' });
    expect(JSON.parse(image?.settings ?? '')).toEqual({
      language: 'French',
      makeSkewCorrect: true,
      resulttype: 'Pdf',
    });
  });

  it('O14: is recognized again when the same content is uploaded later, and only then', async () => {
    const key = aKey();
    const first = await inbox.recognize(key);
    await courier.clock.sleep(60_000);

    const again = await inbox.recognize(key);

    expect(inbox.uploads()).toBe(2);
    expect(again.events).toHaveLength(2);
    expect(again.image).toMatchObject({ imageId: first.image?.imageId, generation: 2, state: 'Done' });
  });

  it('is another image when its content or its settings differ', async () => {
    const key = aKey();
    const first = await inbox.recognize(key);
    const otherContent = await inbox.recognize(key, Buffer.concat([PNG, PNG]));
    const otherSettings = await inbox.recognize(key, Buffer.concat([PNG, PNG]), { 'ocr-language': 'German' });

    const ids = [first, otherContent, otherSettings].map(({ image }) => image?.imageId);
    expect(new Set(ids).size).toBe(3);
    expect(inbox.uploads()).toBe(3);
  });
});

describe('an image that cannot be submitted', () => {
  it.each([
    ['text', 'no pixels', 'RecognizeImage', 'NotAnImage', 'image: got text; allowed: an image'],
    ['nothing', '', 'RecognizeImage', 'NotAnImage', 'image: got an empty file'],
    ['a PDF', '%PDF-1.7', 'RecognizeImage', 'NotAnImage', 'for a PDF document, use RecognizePdf'],
    ['a picture', PNG, 'RecognizePdf', 'NotAnImage', 'allowed: a PDF document for RecognizePdf'],
    ['no regions', PNG, 'RecognizeRegions', 'SettingsInvalid', 'settings.regions: got nothing'],
  ])(
    'I10 S30: is refused for %s, stays where it is, and is never uploaded',
    async (_, body, operation, reason, message) => {
      const key = aKey('a file', operation);

      const { events, image, tags } = await inbox.recognize(key, body);

      expect(events).toMatchObject([
        {
          'detail-type': 'OCR Image Refused',
          detail: {
            reason,
            operation,
            uploads: 0,
            messages: [expect.stringContaining(message)],
            source: { key },
          },
        },
      ]);
      expect(image).toMatchObject({ state: 'Refused', reason, terminalEvent: 'Published' });
      expect(tags).toEqual({ 'ocr-courier': 'Refused' });
      expect(await courier.keys(key)).toEqual([key]);
      expect(inbox.uploads()).toBe(0);
    },
  );

  it.each([
    ['an unknown setting', { 'ocr-colour': 'blue' }, 'settings.colour: got a field that does not exist'],
    ['a value out of range', { 'ocr-rotate': '361' }, 'settings.rotate: got 361'],
    ['a region outside', { 'ocr-regions': '0,0,1,1' }, 'settings.regions: got a field'],
  ])('I10 S25: is refused for %s in its metadata', async (_, metadata, message) => {
    const { events } = await inbox.recognize(aKey(), PNG, metadata);

    expect(events).toMatchObject([
      { detail: { reason: 'SettingsInvalid', messages: [expect.stringContaining(message)] } },
    ]);
  });

  it('I4 S33: fails its execution with the error of a refusal, without text of Aspose', async () => {
    courier.simulator.scriptUploads([{ httpStatus: 400, body: '{"detail":"The image is canary."}' }]);

    const { events } = await inbox.recognize(aKey());

    const detail = Object(events[0]?.detail);
    const execution = await courier.stack.executionEnded(detail.executionArn);
    expect(detail).toMatchObject({
      reason: 'RefusedByVendor',
      messages: [expect.stringContaining('canary')],
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'OcrImageRefused' });
    expect(execution.cause).not.toContain('canary');
    expect(courier.logs.join('\n')).not.toContain('canary');
  });

  it.each(['inbox/scan.png', 'inbox/Recognize/scan.png'])('U7: is refused with its key: %s', async (key) => {
    await inbox.put(key);
    await courier.stack.settled();

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      {
        requestPayload: { detail: { object: { key } } },
        responsePayload: {
          errorType: 'InvalidInput',
          errorMessage: expect.stringContaining('key: got an object outside the folder of an operation'),
        },
      },
    ]);
  });
});

describe('an image whose task is lost', () => {
  it('I8: is completed by a second upload, with one event', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: lostAfter(1) } }, WHALE]);

    const { events, image } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ 'detail-type': 'OCR Task Completed', detail: { uploads: 2 } }]);
    const [lost, last] = image?.taskIds.map(String) ?? [];
    expect(image).toMatchObject({ state: 'Done', uploads: 2, taskIds: [lost, last] });
    expect(await courier.records.read(lost ?? '')).toMatchObject({ outcome: 'Expired', replacedBy: last });
    expect(await courier.records.read(last ?? '')).toMatchObject({ outcome: 'Completed', uploads: 2 });
    expect(courier.eventsOf(lost ?? '')).toEqual([]);
  });

  it('ends with the outcome of its last task when maxUploads is used up', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: lostAfter(1) } }]);

    const { events, image, tags } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ 'detail-type': 'OCR Task Expired', detail: { uploads: 2 } }]);
    expect(image).toMatchObject({ state: 'Done', outcome: 'Expired', uploads: 2 });
    expect(tags).toMatchObject({ 'ocr-courier': 'Expired' });
    expect(inbox.uploads()).toBe(2);
  });

  it('counts a second upload without a usable response, and ends as it is', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: lostAfter(1) } }, { httpStatus: 502 }]);

    const { events } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ 'detail-type': 'OCR Task Expired', detail: { uploads: 2 } }]);
  });

  it('I13: ends as its first task when Aspose refuses the second upload', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: lostAfter(1) } }, { httpStatus: 413 }]);

    const { events } = await inbox.recognize(aKey());

    expect(events).toMatchObject([
      {
        'detail-type': 'OCR Task Expired',
        detail: {
          uploads: 1,
          warnings: [expect.stringContaining('The image was not submitted again: RefusedByVendor')],
        },
      },
    ]);
  });

  it('leads executions that joined the lost task to the next one', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: lostAfter(20) } }, WHALE]);
    const key = aKey();
    const joining = atFirst('Polled', (taskId) => courier.start({ taskId }));
    await inbox.put(key);
    const { executionArn } = await joining;

    const { events } = await inbox.settle(key);
    const execution = await courier.stack.executionEnded(executionArn);

    expect(events).toMatchObject([{ detail: { uploads: 2 } }]);
    expect(execution.status).toBe('SUCCEEDED');
    const { taskId } = Object(events[0]?.detail);
    expect(execution.output).toMatchObject({ outcome: 'Completed', taskId });
  });

  it('I9: is not uploaded again after an error of the recognition', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: [{ taskStatus: 'Error' }] } }]);

    const { events } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ detail: { reason: 'RecognitionError', uploads: 1 } }]);
    expect(inbox.uploads()).toBe(1);
  });
});

describe('an upload without a usable response', () => {
  it.each([
    ['is reset after its body', { fault: 'reset', createsTask: true }],
    ['gets 500', { httpStatus: 500 }],
    ['gets 502', { httpStatus: 502 }],
    ['gets 504', { httpStatus: 504 }],
    ['gets no usable id', { httpStatus: 200, body: '<html>' }],
  ] as const)('I6: that %s is counted, and repeated once', async (_, fault) => {
    courier.simulator.scriptUploads([fault, WHALE]);

    const { events, image } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ 'detail-type': 'OCR Task Completed', detail: { uploads: 2 } }]);
    expect(image).toMatchObject({ uploads: 2, ambiguousUploads: 1 });
    expect(courier.logs.filter((line) => line.includes('"AmbiguousUploads":1'))).toHaveLength(1);
  });

  it('I6: refuses the image when it occurs twice', async () => {
    courier.simulator.scriptUploads([{ httpStatus: 502, createsTask: true }]);

    const { events, image } = await inbox.recognize(aKey());

    expect(events).toMatchObject([
      { 'detail-type': 'OCR Image Refused', detail: { reason: 'UploadUnknown', uploads: 2 } },
    ]);
    expect(image).toMatchObject({ state: 'Refused', ambiguousUploads: 2 });
    expect(inbox.uploads()).toBe(2);
  });
});

describe('an upload that creates no task', () => {
  it.each([
    ['429 with Retry-After', { httpStatus: 429, headers: { 'retry-after': '7' } }],
    ['503 with a long Retry-After', { httpStatus: 503, headers: { 'retry-after': '600' } }],
    ['a reset within its body', { fault: 'reset', when: 'beforeBody' }],
  ] as const)('I1: is repeated after %s, and not counted', async (_, fault) => {
    courier.simulator.scriptUploads([fault, fault, fault, WHALE]);
    // Too large for the buffers of a connection.
    const large = Buffer.concat([PNG, Buffer.alloc(20_000_000)]);

    const { events, image } = await inbox.recognize(aKey(), large);

    expect(events).toMatchObject([{ 'detail-type': 'OCR Task Completed', detail: { uploads: 1 } }]);
    expect(image).toMatchObject({ uploads: 1, ambiguousUploads: 0 });
    expect(inbox.uploads()).toBe(4);
  });

  it('I1: refuses the image when Aspose accepts none for an hour', async () => {
    courier.simulator.scriptUploads([{ httpStatus: 503 }]);
    const before = courier.clock.now();

    const { events } = await inbox.recognize(aKey());

    const minutes = (courier.clock.now() - before) / 60_000;
    expect(events).toMatchObject([{ detail: { reason: 'UpstreamUnavailable', uploads: 0 } }]);
    expect(minutes).toBeGreaterThan(45);
    expect(inbox.uploads()).toBeLessThan(40);
  });

  it.each([
    [402, '', 'QuotaExceeded'],
    [403, '{"detail":"Your quota is exceeded."}', 'QuotaExceeded'],
    [403, '', 'CredentialsRejected'],
    [413, '', 'RefusedByVendor'],
    [302, '', 'RefusedByVendor'],
  ])('I3 I4 I5: with HTTP %d %s refuses the image as %s', async (httpStatus, body, reason) => {
    courier.simulator.scriptUploads([{ httpStatus, body }]);

    const { events } = await inbox.recognize(aKey());

    expect(events).toMatchObject([{ detail: { reason } }]);
    expect(inbox.uploads()).toBe(1);
  });
});

describe('an execution of Recognize image', () => {
  const { RecognizeStateMachineArn: stateMachineArn = '' } = courier.stack.outputs;
  const start = (input: object) => courier.stack.startExecution({ stateMachineArn, input });

  it('returns the detail of the event', async () => {
    const source = { bucket: inbox.bucket, key: 'elsewhere/scan.png' };
    await inbox.put(source.key);

    const { executionArn } = await start({
      source,
      settings: { resultType: 'Hocr' },
      correlation: 'order 7',
    });
    const { status, output } = await courier.stack.executionEnded(executionArn);

    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      outcome: 'Completed',
      source: { ...source, etag: expect.any(String) },
      uploads: 1,
      correlation: 'order 7',
    });
  });

  it('recognizes the current content when its source names no version', async () => {
    const source = { bucket: inbox.bucket, key: 'elsewhere/changing.png' };
    for (const content of [PNG, Buffer.concat([PNG, PNG])]) {
      await inbox.put(source.key, content);
      const { executionArn } = await start({ source });
      await courier.stack.executionEnded(executionArn);
    }

    expect(inbox.uploads()).toBe(2);
  });

  it.each([
    ['does not exist', { key: 'inbox/RecognizeImage/missing.png' }],
    ['has changed', { key: 'elsewhere/scan.png', etag: 'other' }],
  ])('I11: refuses a source that %s', async (_, source) => {
    const { executionArn } = await start({ source: { bucket: inbox.bucket, ...source } });
    const { error } = await courier.stack.executionEnded(executionArn);
    await courier.stack.settled();

    expect(error).toBe('OcrImageRefused');
    expect(inbox.eventsOf(source.key).at(-1)).toMatchObject({ detail: { reason: 'SourceUnreadable' } });
  });

  it.each([
    [{}, 'source: got nothing; allowed: an object with bucket, key'],
    [{ source: { bucket: 'b' } }, 'source.bucket: got'],
    [{ source: { bucket: 'bucket', key: 'k' }, operation: 'Recognize' }, 'operation: got'],
    [{ source: { bucket: 'bucket', key: 'k' }, url: 'https://evil.example' }, 'url: got a field'],
  ])('refuses the input %j and publishes nothing', async (input, message) => {
    const { executionArn } = await start(input);
    const execution = await courier.stack.executionEnded(executionArn);
    await courier.stack.settled();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(execution.cause).toContain(message);
    expect(courier.events.filter(({ source }) => source === 'ocr-courier')).toEqual([]);
  });

  it('O16: publishes Cancelled when it is stopped before there is a task', async () => {
    courier.simulator.scriptUploads([{ httpStatus: 503, headers: { 'retry-after': '900' } }]);
    const key = aKey();
    const source = { bucket: inbox.bucket, key };
    await inbox.put('elsewhere/stopped.png');
    const rejected = courier.logged(['"Uploaded"', '"NotAccepted"']);
    const { executionArn } = await start({ source: { ...source, key: 'elsewhere/stopped.png' } });
    await rejected;
    await courier.stack.stopExecution(executionArn);
    await courier.stack.settled();

    expect(inbox.eventsOf('elsewhere/stopped.png')).toMatchObject([
      { 'detail-type': 'OCR Image Refused', detail: { reason: 'Cancelled' } },
    ]);
  });

  it('ends its task as Cancelled when it is stopped afterwards', async () => {
    courier.simulator.scriptUploads([{ accept: { fetches: [pending] } }]);
    const key = aKey();
    const stopping = atFirst('Polled', async (taskId) => {
      const record = await courier.records.read(taskId);
      await courier.stack.stopExecution(record?.executionArn ?? '');
    });
    await inbox.put(key);
    await stopping;

    const { events, image, tags } = await inbox.settle(key);

    expect(events).toMatchObject([
      { 'detail-type': 'OCR Task Cancelled', detail: { uploads: 1, source: { key } } },
    ]);
    expect(image).toMatchObject({ state: 'Done', outcome: 'Cancelled' });
    expect(tags).toMatchObject({ 'ocr-courier': 'Cancelled' });
  });
});
