import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { BUCKET, CONTENT_TYPE, documentKey, responseUrl, type Services } from '../measured-process.ts';

const responseSchema = z.object({ results: z.array(z.object({ data: z.string() })) });

/** The usual way: everything in memory, and no check except that of the JSON. */
export async function collectNaively(services: Services, taskId: string): Promise<void> {
  const response = await fetch(responseUrl(services, taskId));
  const { results } = z.parse(responseSchema, await response.json());
  for (const { data } of results) {
    await services.s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: documentKey(taskId),
        Body: Buffer.from(data, 'base64'),
        ContentType: CONTENT_TYPE,
      }),
    );
  }
}
