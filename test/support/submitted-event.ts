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
