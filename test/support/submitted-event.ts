import { instantAfter } from './builders.ts';

/** An `OCR Task Submitted` event as EventBridge delivers it: published a second ago. */
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
