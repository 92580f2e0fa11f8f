import {
  IMAGE_REFUSED_DETAIL_TYPE,
  type ImageRefusedEvent,
  InvalidImageEvent,
  InvalidTaskEvent,
  parseImageRefusedEvent,
  parseTaskEvent,
  type TaskEvent,
  type TaskSubmission,
} from 'ocr-courier/events';

/** A subscriber's handler. */
export function keysOf(event: unknown): string[] {
  const parsed: TaskEvent = parseTaskEvent(event);
  if (parsed['detail-type'] !== 'OCR Task Completed') return [];
  const { outcome, results } = parsed.detail;
  const completed: 'Completed' = outcome;
  return results.map(({ key }) => `${completed}: ${key}`);
}

/** The detail of an `OCR Task Submitted` event, as its publisher writes it. */
export const submission: TaskSubmission = { taskId: 'c0ffee', operation: 'RecognizeImage' };

// @ts-expect-error: there is no such operation
export const mistaken: TaskSubmission = { taskId: 'c0ffee', operation: 'RecognizeEverything' };

export const isOurs = (error: unknown): boolean =>
  error instanceof InvalidTaskEvent || error instanceof InvalidImageEvent;

/** The image of an `OCR Image Refused` event, and why it was refused. */
export function refusalOf(event: { 'detail-type': string }): string | undefined {
  if (event['detail-type'] !== IMAGE_REFUSED_DETAIL_TYPE) return undefined;
  const { detail }: ImageRefusedEvent = parseImageRefusedEvent(event);
  return `${detail.reason}: ${detail.source.key}`;
}
