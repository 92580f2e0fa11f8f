import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectTaggingCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createImageTable } from '../../functions/adapters/aws/image-table.ts';
import type { ImageRecord } from '../../functions/contracts/image-record.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';
import type { TestCourier } from './courier.ts';

/** The first bytes of a PNG, which is all that the courier looks at. */
export const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** What became of an object in the inbox. */
export interface RecognizedImage {
  /** The courier's events about the object, in order. */
  readonly events: readonly EventBridgeEvent[];
  readonly image: ImageRecord | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The inbox of a test's courier. */
export function openInbox(courier: TestCourier) {
  const s3 = new S3Client(courier.stack.clientConfig('s3'));
  const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
  const images = createImageTable(
    new DynamoDBClient(courier.stack.clientConfig('dynamodb')),
    courier.stack.resource('AWS::DynamoDB::Table').name,
  );

  async function put(key: string, body: Uint8Array | string = PNG, Metadata: Record<string, string> = {}) {
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body, Metadata }));
  }

  async function tagsOf(key: string): Promise<Record<string, string>> {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: key }));
    return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
  }

  const eventsOf = (key: string) =>
    courier.events.filter(
      ({ source, detail }) => source === 'ocr-courier' && Object(detail).source?.key === key,
    );

  /** Waits until nothing more follows from an object. */
  async function settle(key: string): Promise<RecognizedImage> {
    await courier.stack.settled();
    const events = eventsOf(key);
    const imageId: unknown = Object(events.at(-1)?.detail).imageId;
    const image = typeof imageId === 'string' ? await images.read(imageId) : undefined;
    return { events, image, tags: await tagsOf(key) };
  }

  return {
    s3,
    bucket: Bucket,
    images,
    put,
    tagsOf,
    eventsOf,
    settle,
    /** Uploads an object, and waits for what becomes of it. */
    async recognize(key: string, body?: Uint8Array | string, metadata?: Record<string, string>) {
      await put(key, body, metadata);
      return await settle(key);
    },
    /** Number of uploads to Aspose. */
    uploads: () =>
      courier.simulator.requests.filter(
        ({ method, operation }) => method === 'POST' && operation !== undefined,
      ).length,
  };
}
