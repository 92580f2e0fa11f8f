import { InvalidTaskEvent, parseTaskEvent, type TaskEvent, type TaskSubmission } from 'ocr-courier/events';

/** The handler of someone who subscribes. */
export function keysOf(event: unknown): string[] {
  const parsed: TaskEvent = parseTaskEvent(event);
  if (parsed['detail-type'] !== 'OCR Task Completed') return [];
  const { outcome, results } = parsed.detail;
  const completed: 'Completed' = outcome;
  return results.map(({ key }) => `${completed}: ${key}`);
}

/** What someone who publishes `OCR Task Submitted` writes into its detail. */
export const submission: TaskSubmission = { taskId: 'c0ffee', operation: 'RecognizeImage' };

// @ts-expect-error: there is no such operation
export const mistaken: TaskSubmission = { taskId: 'c0ffee', operation: 'RecognizeEverything' };

export const isOurs = (error: unknown): boolean => error instanceof InvalidTaskEvent;
