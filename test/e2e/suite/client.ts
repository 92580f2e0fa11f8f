import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createClient, TaskFailed } from '../../../client/client.ts';
import { INBOX_PREFIX } from '../../../functions/contracts/image-input.ts';
import { SAMPLES } from '../../support/run-command.ts';
import { dynamoDb } from './aws-clients.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

/** Signs with the credentials of the AWS SDK. */
const client = createClient({
  apiUrl: courier.apiUrl,
  region: await dynamoDb.config.region(),
  credentials: dynamoDb.config.credentials,
});

describe.runIf(CAN_RECOGNIZE)('the client', () => {
  it('recognizes a file, and downloads its text', async () => {
    const letter = await readFile(join(SAMPLES, 'letter.png'));

    const task = await client.recognize(letter, {
      fileName: 'client.png',
      onProgress: ({ imageId, operation }) => {
        const key = `${INBOX_PREFIX}${operation}/api/${imageId}/client.png`;
        courier.adopt({ imageId, source: { bucket: courier.output('ResultsBucketName'), key } });
      },
    });
    const text = await new Response(await client.download(task.taskId, 0)).text();

    expect(task).toMatchObject({
      outcome: 'Completed',
      source: { key: expect.stringContaining('client.png') },
    });
    expect(text).toMatch(/\w{3}/);
  });

  it('rejects with the problem of a task that does not exist', async () => {
    await expect(client.read('e2e-unknown')).rejects.toMatchObject({ name: 'ApiProblem', status: 404 });
  });
});

describe.runIf(CAN_SCRIPT)('the client, for a task of its caller', () => {
  it('waits for the end, and rejects with its outcome', async () => {
    const taskId = courier.createTask({ taskStatus: 'Pending' }, { taskStatus: 'Error' });
    await courier.start({ taskId, polling: EAGER_POLLING });
    // The execution writes the record a moment after its start.
    await vi.waitFor(() => client.read(taskId), { timeout: 60_000, interval: 500 });

    const failure = await client.wait(taskId).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(TaskFailed);
    expect(failure).toMatchObject({ outcome: 'Failed', reason: 'RecognitionError', task: { taskId } });
  });
});
