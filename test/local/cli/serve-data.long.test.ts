import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { imageViewSchema } from '../../../functions/contracts/images-api.ts';
import { taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { uploadToInbox } from '../../../local/recognition/upload-to-inbox.ts';
import { pollsSchema, recognizedSchema } from '../../../local/serve/page-contract.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { asposeEnvironment, runCommand, SAMPLES } from '../../support/run-command.ts';
import { startServe } from '../../support/serve-process.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

const listSchema = z.object({ tasks: z.array(z.object({ taskId: z.string(), status: z.string() })) });

const requestJson = async <T>(schema: z.core.$ZodType<T>, url: string, init?: RequestInit): Promise<T> =>
  z.parse(schema, await (await fetch(url, init)).json());

it('keeps everything in the --data directory across a SIGKILL, and resumes unfinished collections', async () => {
  await using aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
  aspose.script('slow', [{ taskStatus: 'Processing' }]);
  const environment = asposeEnvironment(aspose);
  const data = await temporaryDirectory();
  const args = ['--data', data, '--polling', '{"preset":"eager","firstPollDelaySeconds":0}'];
  const pollsOf = (url: string, taskId: string) =>
    requestJson(pollsSchema, `${url}/local/tasks/${taskId}/polls`);
  const documentOf = async (url: string, taskId: string) =>
    await (await fetch(`${url}/tasks/${taskId}/results/0`)).text();

  await using before = await startServe(environment, args);
  const body = await readFile(join(SAMPLES, 'letter.png'));
  const { taskId } = await requestJson(recognizedSchema, `${before.url}/local/recognize`, {
    method: 'POST',
    body,
  });
  await before.line(`${taskId}, Completed`);
  const document = await documentOf(before.url, taskId);
  const submission = { method: 'POST', body: JSON.stringify({ taskId: 'slow' }) };
  await fetch(`${before.url}/tasks`, { ...submission, headers: { 'content-type': 'application/json' } });
  await expect.poll(() => pollsOf(before.url, 'slow'), { timeout: 30_000 }).not.toEqual([]);
  const second = await runCommand(['serve', '--data', data]);
  const pollsBefore = await pollsOf(before.url, taskId);
  await before.kill();

  aspose.script('slow', [
    { taskStatus: 'Completed', results: [{ type: 'Text', data: Buffer.from('at last').toString('base64') }] },
  ]);
  await using after = await startServe(environment, args);
  await after.line('slow, Completed');
  const slow = await requestJson(taskRecordSchema, `${after.url}/tasks/slow`);
  const polls = await pollsOf(after.url, 'slow');

  expect({ status: second.status, stderr: second.stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining(`--data: got '${data}', which another run is using`),
  });
  expect((await requestJson(listSchema, `${after.url}/tasks`)).tasks).toEqual([
    expect.objectContaining({ taskId: 'slow', status: 'Completed' }),
    expect.objectContaining({ taskId, status: 'Completed' }),
  ]);
  expect(await documentOf(after.url, taskId)).toBe(document);
  expect(await pollsOf(after.url, taskId)).toEqual(pollsBefore);
  expect(slow).toMatchObject({
    outcome: 'Completed',
    generation: 1,
    executionArn: expect.stringMatching(/:slow-1$/),
  });
  // A poll that the record had not counted yet is repeated.
  expect(polls.length).toBeGreaterThanOrEqual(slow.attempts);
  expect(polls.map(({ observed }) => observed)).toEqual([
    ...polls.slice(1).map(() => 'Processing'),
    'Completed',
  ]);
  expect(await documentOf(after.url, 'slow')).toBe('at last');
  expect(after.lines.filter((line) => line.includes('OCR Task'))).toHaveLength(1);
});

it('keeps the inbox and an image that Aspose has not accepted yet across a SIGKILL', async () => {
  await using aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
  aspose.scriptUploads([{ httpStatus: 503 }]);
  const environment = asposeEnvironment(aspose);
  const args = ['--data', await temporaryDirectory()];
  const bytes = await readFile(join(SAMPLES, 'letter.png'));

  await using before = await startServe(environment, args);
  const upload = { fileName: 'letter.png', bytes, operation: 'RecognizeImage' as const, settings: {} };
  const imageId = await uploadToInbox(before.url, upload);
  const readImage = (url: string) => requestJson(imageViewSchema, `${url}/images/${imageId}`);
  await expect.poll(async () => (await readImage(before.url)).nextUploadAt, UNTIL_TEST_HANGS).toBeDefined();
  await before.kill();

  aspose.scriptUploads([{ accept: {} }]);
  await using after = await startServe(environment, args);
  await after.line('OCR Task Completed');
  const image = await readImage(after.url);

  expect(image).toMatchObject({ state: 'Done', outcome: 'Completed', uploads: 1 });
  expect(image.source?.key).toBe(`inbox/RecognizeImage/api/${imageId}/letter.png`);
  expect(aspose.createdTasks).toHaveLength(1);
});
