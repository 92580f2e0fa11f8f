import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { BUCKET, CONTENT_TYPE, documentKey, measureCollections, responseUrl } from '../measured-process.ts';

const responseSchema = z.object({ results: z.array(z.object({ data: z.string() })) });
/** Whether to store as many objects as ours. At 2 kB, storing costs more than decoding. */
const hasManifest = process.argv.includes('naiveWithManifest');

/** Keeps everything in memory and checks only the JSON. */
measureCollections(async (services, taskId) => {
  const put = (key: string, body: Buffer | string, contentType: string) =>
    services.s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ContentType: contentType }),
    );
  const response = await fetch(responseUrl(services, taskId));
  const { results } = z.parse(responseSchema, await response.json());
  const key = documentKey(taskId);
  for (const { data } of results) await put(key, Buffer.from(data, 'base64'), CONTENT_TYPE);
  if (hasManifest) {
    const manifest = JSON.stringify({ taskId, results: [{ index: 0, key }] });
    await put(key.replace('0.pdf', 'manifest.json'), manifest, 'application/json');
  }
});
