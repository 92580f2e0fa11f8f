import { gunzipSync } from 'node:zlib';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import type { EmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { startFixture } from '../../support/fixture-assembly.ts';

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const destination = {
  BucketARN: arnOf('Bucket'),
  RoleARN: 'arn:aws:iam::000000000000:role/firehose',
  Prefix: 'lines/dt=!{timestamp:yyyy-MM-dd}/',
  BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 1 },
  CompressionFormat: 'GZIP',
  ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
};
const rule = (target: object) => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: { source: ['test'] }, Targets: [{ Id: 't', ...target }] },
});
const fixture = (changes: object = {}) => ({
  resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'results' } },
    Stream: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: { ExtendedS3DestinationConfiguration: { ...destination, ...changes } },
    },
    Rule: rule({ Arn: arnOf('Stream'), InputPath: '$.detail' }),
  },
});

async function put(stack: EmbeddedStack, ...details: object[]): Promise<void> {
  const client = new EventBridgeClient(stack.clientConfig('events'));
  const Entries = details.map((detail) => ({
    ...{ Source: 'test', DetailType: 'Ended' },
    Detail: JSON.stringify(detail),
  }));
  await client.send(new PutEventsCommand({ Entries }));
}

/** Returns the folder and the lines of each object. */
async function delivered(stack: EmbeddedStack): Promise<(readonly [folder: string, text: string])[]> {
  await stack.settled();
  const s3 = new S3Client(stack.clientConfig('s3'));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'results' }));
  return await Promise.all(
    Contents.map(async ({ Key = '' }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'results', Key }));
      const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString('utf8');
      return [Key.slice(0, Key.lastIndexOf('/')), text] as const;
    }),
  );
}

describe('a delivery stream', () => {
  it('writes the details of events as lines, together after its interval, by their day of arrival', async () => {
    const clock = new VirtualClock('2026-03-01T23:58:00Z');
    const stack = await startFixture(fixture(), { clock });

    await put(stack, { n: 1, text: 'a "quoted"\nword' }, { n: 2 });

    expect(await delivered(stack)).toEqual([
      ['lines/dt=2026-03-01', '{"n":1,"text":"a \\"quoted\\"\\nword"}\n{"n":2}\n'],
    ]);
    expect(clock.now()).toBe(Date.parse('2026-03-02T00:03:00Z'));

    await put(stack, { n: 3 });

    expect((await delivered(stack)).at(-1)).toEqual(['lines/dt=2026-03-02', '{"n":3}\n']);
  });

  it('writes at once what has its size', async () => {
    const clock = new VirtualClock('2026-03-01T12:00:00Z');
    const stack = await startFixture(fixture(), { clock });
    const text = 'x'.repeat(200_000);

    await put(stack, ...Array.from({ length: 6 }, (_, n) => ({ n, text })));

    expect(await delivered(stack)).toHaveLength(1);
    expect(clock.now()).toBe(Date.parse('2026-03-01T12:00:00Z'));
  });

  it.each([
    [{ CompressionFormat: 'Snappy' }, 'only GZIP is supported'],
    [{ Prefix: 'lines/!{timestamp:HH}/' }, 'only !{timestamp:yyyy-MM-dd}'],
    [{ DynamicPartitioningConfiguration: { Enabled: true } }, 'DynamicPartitioningConfiguration'],
  ])('is refused with %j', async (changes, message) => {
    await expect(startFixture(fixture(changes))).rejects.toThrow(message);
  });

  it('is the only target that may receive the detail alone', async () => {
    const resources = {
      Queue: { Type: 'AWS::SQS::Queue' },
      Rule: rule({ Arn: arnOf('Queue'), InputPath: '$.detail' }),
    };

    await expect(startFixture({ resources })).rejects.toThrow(
      'Rule: got the InputPath $.detail; allowed: one for a delivery stream',
    );
  });
});
