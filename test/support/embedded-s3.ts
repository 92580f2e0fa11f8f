import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { startFixture } from './fixture-assembly.ts';

/** Starts the embedded S3 with one bucket, until the test ends. */
export async function startEmbeddedS3() {
  const stack = await startFixture({ resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: {} } } });
  const client = new S3Client({ ...stack.clientConfig('s3'), forcePathStyle: true, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const bucket = stack.resource('Bucket').name;
  return {
    client,
    bucket,
    async put(key: string, content: string): Promise<string> {
      const { ETag = '' } = await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }),
      );
      return ETag.replaceAll('"', '');
    },
  };
}
