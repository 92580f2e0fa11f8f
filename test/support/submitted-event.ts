import { instantAfter } from './builders.ts';

/** Builds an `OCR Task Submitted` event in the form that EventBridge delivers, a second old. */
export function anEvent(detail: unknown) {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'OCR Task Submitted',
    source: 'com.example.scanner',
    account: '111122223333',
    time: instantAfter(-1),
    region: 'eu-central-1',
    resources: [],
    detail,
  };
}

/** A batch of the queue for starts, as the function `start-executions` receives it. */
export function aBatch(...events: readonly unknown[]) {
  return {
    Records: events.map((event, index) => ({
      messageId: String(index),
      body: typeof event === 'string' ? event : JSON.stringify(event),
    })),
  };
}

/** Builds an `Object Created` event of S3, a second old. */
export function anObjectCreated(key: string, object: object = {}) {
  return {
    ...anEvent({
      version: '0',
      bucket: { name: 'results' },
      object: { key, size: 10, etag: 'e1', sequencer: '1', ...object },
    }),
    'detail-type': 'Object Created',
    source: 'aws.s3',
  };
}
