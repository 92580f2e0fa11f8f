import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { TASK_API_ROUTES } from '../../../functions/contracts/http-api.ts';
import { imageViewSchema, requestedUploadSchema } from '../../../functions/contracts/images-api.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { asposeEnvironment, runShell, SAMPLES } from '../../support/run-command.ts';
import { startServe } from '../../support/serve-process.ts';

const sample = (name: string) => join(SAMPLES, name);

it.concurrent('uploads with the link of POST /images by the printed command', async () => {
  await using serve = await startServe();

  const command = (part: string) =>
    serve.lines.find((line) => line.startsWith('curl') && line.includes(part));
  const requested = await runShell(command('fileName": "letter.png') ?? '');
  const { imageId, upload } = z.parse(requestedUploadSchema, JSON.parse(requested.stdout));
  const uploaded = await runShell(command('UPLOAD_URL')?.replace('UPLOAD_URL', upload.url) ?? '');
  await serve.line('OCR Task Completed');
  const read = await runShell(command('IMAGE_ID')?.replace('IMAGE_ID', imageId) ?? '');

  expect(uploaded.status).toBe(0);
  expect(z.parse(imageViewSchema, JSON.parse(read.stdout)).outcome).toBe('Completed');
});

it.concurrent('recognizes what is uploaded to its inbox as the printed command does', async () => {
  await using serve = await startServe();

  const command = await serve.line('aws s3 cp');
  const [, accessKeyId = '', secretAccessKey = '', region = '', Bucket, Key, endpoint = ''] =
    /^AWS_ACCESS_KEY_ID=(\S+) \S+=(\S+) \S+=(\S+) aws s3 cp \S+ 's3:\/\/([^/]+)\/(\S+)' --endpoint-url '(\S+)'$/.exec(
      command,
    ) ?? [];
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: await readFile(sample('letter.png')) }));
  await serve.line('OCR Task Completed');

  const objects = serve.lines.filter((line) => line.includes('Object Created'));
  expect(objects).toEqual([expect.stringContaining('  inbox/RecognizeImage/letter.png, ')]);
});

it.concurrent('prints address and credentials of its simulator, but not of a service', async () => {
  await using aspose = await startAsposeSimulator({
    credentials: { clientId: 'mine', clientSecret: 'a secret' },
  });
  await using serve = await startServe();
  await using other = await startServe(asposeEnvironment(aspose));

  const baseUrl = (await serve.line('Aspose ')).replace(/^.* at /, '');
  await serve.line('client id local-client-id, client secret local-client-secret');
  const response = await fetch(`${baseUrl}/connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local-client-id',
      client_secret: 'local-client-secret',
    }),
  });

  expect(response.status).toBe(200);
  expect(other.lines.join('\n')).not.toContain('secret');
});

it.concurrent('exits immediately on Ctrl-C while it collects and streams activity', async () => {
  await using serve = await startServe();
  const stream = await fetch(`${serve.url}/local/activity`);
  const file = await readFile(sample('letter.png'));
  await fetch(`${serve.url}/local/recognize`, { method: 'POST', body: file });

  const status = await serve.interrupt();

  await expect(stream.text()).rejects.toThrow();
  expect(status).toBe(0);
});

it.concurrent('prints a curl command for each route', async () => {
  await using serve = await startServe();

  const paths = TASK_API_ROUTES.map(({ path }) =>
    path
      .replace('{taskId}', 'TASK_ID')
      .replace('{imageId}', 'IMAGE_ID')
      .replace('{batchId}', 'BATCH_ID')
      .replace('{index}', '0'),
  );
  const curl = serve.lines.filter((line) => line.startsWith('curl ')).join('\n');

  for (const path of paths) expect(curl).toMatch(new RegExp(`'${serve.url}${path}['?]`));
});

it.concurrent('collects with the polling policy of --polling', async () => {
  await using aspose = await startAsposeSimulator();
  aspose.script('endless', [{ taskStatus: 'Pending' }]);
  await using serve = await startServe(asposeEnvironment(aspose), [
    '--polling',
    '{"maxPolls":1,"firstPollDelaySeconds":0}',
  ]);

  await fetch(`${serve.url}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ taskId: 'endless' }),
  });

  expect(await serve.line('OCR Task Timed Out')).toContain('endless, TimedOut');
});
