import {
  ApiProblem,
  createClient,
  type OcrClient,
  type Task,
  TaskFailed,
  WaitTimedOut,
} from 'ocr-courier/client';

/** A program that calls the HTTP API. */
const client: OcrClient = createClient({
  apiUrl: 'https://ocr.example.com',
  region: 'eu-west-1',
  credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
});

export async function recognize(file: File, signal: AbortSignal): Promise<Task> {
  const task = await client.recognize(file, { settings: { language: 'German' }, signal });
  const outcome: Task['outcome'] = task.outcome;
  for await (const { taskId, status } of client.list({ status: 'Failed', limit: 5 })) {
    await client.cancel(`${taskId}${status}${outcome}`);
  }
  await client.batch({ tasks: [task.taskId] }, { onProgress: ({ pending = 0 }) => pending });
  return task;
}

export function describe(error: unknown): string {
  if (error instanceof TaskFailed) return `${error.outcome} ${error.messages.join()}`;
  if (error instanceof ApiProblem) return `${error.status} ${error.detail}`;
  return error instanceof WaitTimedOut ? String(error.taskId) : '';
}

// @ts-expect-error: there is no such operation
client.recognize(new Blob([]), { operation: 'RecognizeEverything' });
