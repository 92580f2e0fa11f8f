import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { answerUrl, BUCKET, CONTENT_TYPE, documentKey, type Services } from '../measured-process.ts';

const answerSchema = z.object({ results: z.array(z.object({ data: z.string() })) });

/** As it is usually written: everything in memory, and no check but JSON's. */
export async function collectNaively(services: Services, taskId: string): Promise<void> {
  const response = await fetch(answerUrl(services, taskId));
  const { results } = z.parse(answerSchema, await response.json());
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
