import { expect, it } from 'vitest';
import type { EventBridgeEvent, EventListener } from '../../../local/embedded-aws/event-bus.ts';
import { followImages } from '../../../local/recognition/image-ends.ts';

const event = (source: string, detail: unknown): EventBridgeEvent => ({
  version: '0',
  id: '1',
  'detail-type': 'OCR Image Refused',
  source,
  account: '000000000000',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});

const refusal = (imageId: string) => ({
  version: '1',
  idempotencyKey: `image/${imageId}/1`,
  imageId,
  generation: 1,
  source: { bucket: 'bucket', key: 'inbox/RecognizeImage/whale.png' },
  operation: 'RecognizeImage',
  reason: 'NotAnImage',
  messages: [],
  uploads: 0,
  executionArn: 'arn',
});

function startFollowing() {
  let put: EventListener = () => {};
  const ends = followImages({
    onEvent(listener) {
      put = listener;
      return () => {};
    },
  });
  return { ends, put: (published: EventBridgeEvent) => put(published, 'bus') };
}

it('resolves with the event of the image, also with one that was published before', async () => {
  const { ends, put } = startFollowing();
  const early = event('ocr-courier', refusal('early'));
  const late = event('ocr-courier', refusal('late'));

  put(early);
  const waiting = ends.endOf('late');
  put(late);

  expect((await ends.endOf('early')).event).toBe(early);
  expect(await waiting).toEqual({ event: late, detail: refusal('late') });
});

it('ignores events of other publishers', async () => {
  const { ends, put } = startFollowing();
  const own = event('ocr-courier', refusal('one'));

  put(event('elsewhere', refusal('one')));
  put(own);

  expect((await ends.endOf('one')).event).toBe(own);
});
