/** Of the one document: a page of plain text. */
const DOCUMENT_BYTES = 2048;

const DOCUMENT = Buffer.alloc(DOCUMENT_BYTES, 'All men live enveloped in whale-lines.\n').toString('base64');

/** Aspose's answer while a task is at work. */
export function pendingAnswer(taskId: string): string {
  return JSON.stringify({
    id: taskId,
    taskStatus: 'Pending',
    responseStatusCode: 'NotReady',
    results: null,
    error: null,
  });
}

/** Aspose's answer to a task that is done, with a document of 2 kB. */
export function completedAnswer(taskId: string): string {
  return JSON.stringify({
    id: taskId,
    taskStatus: 'Completed',
    responseStatusCode: 'Ok',
    results: [{ type: 'Text', data: DOCUMENT }],
    error: null,
  });
}

/** The id of a task that is Pending so many times, and then Completed. */
export function taskIdOf(pendingAnswers: number, n: string): string {
  return `${pendingAnswers}-${n}`;
}

export function pendingAnswersOf(taskId: string): number {
  return Number.parseInt(taskId, 10);
}
