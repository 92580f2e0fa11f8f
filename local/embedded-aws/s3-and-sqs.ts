import { buildApp } from 'fauxqs';
import { z } from 'zod';
import { type DataDirectory, DataDirectoryError } from '../../cli/data-directory.ts';
import type { Clock } from '../clock.ts';
import { ACCOUNT_ID, arn, REGION } from './aws-account.ts';
import { type CorsRule, corsHeaders, isPreflight } from './cors.ts';
import { isForeign } from './http-server.ts';
import { moveToSource } from './message-move.ts';
import type { CreatedObject } from './object-created.ts';
import { serveObjectRequests } from './object-requests.ts';
import { openStores } from './s3-and-sqs-stores.ts';
import { createSqsQueue, type SqsQueue } from './sqs-queue.ts';
import type { Resource, Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** S3's limit for one request, 5 GiB. The default of fauxqs is 11 MiB. */
const MAX_BODY_BYTES = 5 * 1024 ** 3;

/** S3 and SQS in one server. */
export interface S3AndSqs {
  readonly url: string;
  queueUrl(queueName: string): string;
  /**
   * Creates the buckets and queues of the template.
   *
   * @throws DataDirectoryError when they cannot be stored
   */
  create(template: Template): Promise<void>;
  /** Returns the text of an object, and rejects when it is missing. */
  readObject(bucket: string, key: string): Promise<string>;
  /** Writes an object, as a client does. */
  writeObject(bucket: string, key: string, body: Buffer): Promise<void>;
  sendMessage(queueName: string, body: string): Promise<void>;
  /** Returns a queue of the template. */
  queue(queueName: string): SqsQueue;
  /** Moves the messages of a dead-letter queue to its source queue, and returns their number. */
  redrive(deadLetterQueue: string): number;
  /** Receives every object that is created in a bucket with notifications to EventBridge. */
  onObjectCreated(listener: (created: CreatedObject) => void): void;
  close(): Promise<void>;
}

/**
 * Starts S3 and SQS (fauxqs).
 *
 * @param clock the time of messages
 * @param data stores objects and messages; in memory by default
 * @throws DataDirectoryError when the data is damaged
 */
export async function startS3AndSqs(clock: Clock, data?: DataDirectory): Promise<S3AndSqs> {
  const opened = await openStores(data);
  const { sqsStore, s3Store } = opened.stores;
  const app = buildApp({ logger: false, defaultRegion: REGION, stores: opened.stores });
  app.addHook('onClose', async () => opened.close());
  // curl gives this type to uploads. Only SNS and STS, which are not embedded, need it parsed.
  app.removeContentTypeParser('application/x-www-form-urlencoded');
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  /** Keys are names of buckets. */
  const corsRules = new Map<string, CorsRule>();
  // Requests of `inject`, below, have no socket.
  app.addHook('onRequest', async ({ raw }, reply) => {
    const rule = corsRules.get(raw.url?.split('/')[1] ?? '');
    if (raw.socket.localPort !== undefined && isForeign(raw, rule)) return reply.code(403).send();
    if (rule === undefined || raw.headers.origin === undefined) return;
    reply.headers(corsHeaders(rule, raw));
    if (isPreflight(raw)) return reply.code(200).send();
  });
  const queuesByName = new Map<string, SqsQueue>();
  const notifyingBuckets = new Set<string>();
  const createdListeners = new Set<(created: CreatedObject) => void>();
  serveObjectRequests({
    server: app,
    stores: opened,
    onCreated(created) {
      if (!notifyingBuckets.has(created.bucket)) return;
      for (const listener of createdListeners) listener(created);
    },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { host, port } = new URL(url);
  // fauxqs finds a queue only by the exact URL with which it was created.
  const queueUrl = (queueName: string) => `http://sqs.${REGION}.localhost:${port}/${ACCOUNT_ID}/${queueName}`;

  async function request(
    method: 'POST' | 'PUT',
    path: string,
    headers: Record<string, string>,
    payload: string | Buffer = '',
  ): Promise<void> {
    const response = await app.inject({ method, url: path, headers: { host, ...headers }, payload });
    if (response.statusCode >= 300) throw new Error(`${method} ${path} failed with ${response.body}`);
  }
  const sqs = (operation: string, parameters: object) =>
    request(
      'POST',
      '/',
      { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      JSON.stringify(parameters),
    );

  async function createQueue(name: string, attributes: Record<string, string> = {}): Promise<void> {
    await sqs('CreateQueue', { QueueName: name });
    const queue = sqsStore.getQueueByArn(arn('sqs', name));
    if (queue === undefined) throw new Error(`fauxqs has no queue ${name}`);
    // CreateQueue rejects attributes that differ from those of a persisted queue.
    queue.setAttributes(attributes);
    queuesByName.set(name, createSqsQueue(queue, sqsStore, clock));
  }

  return {
    url,
    queueUrl,
    async create(template) {
      const buckets = template.resources('AWS::S3::Bucket');
      const queues = template.resources('AWS::SQS::Queue');
      for (const bucket of buckets) {
        const { NotificationConfiguration, CorsConfiguration } = template.read(bucket, bucketSchema);
        if (CorsConfiguration !== undefined) corsRules.set(bucket.name, CorsConfiguration);
        const isNotifying = NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled;
        if (isNotifying === true) notifyingBuckets.add(bucket.name);
      }
      const attributes = queues.map((queue) => readQueueAttributes(template, queue, queues));
      const creating = Promise.all([
        ...buckets.map(({ name }) => request('PUT', `/${name}`, {})),
        ...queues.map(({ name }, index) => createQueue(name, attributes[index])),
      ]);
      await creating.catch((cause: unknown) => {
        if (data === undefined) throw cause;
        throw new DataDirectoryError('cannot be written', { cause });
      });
    },
    readObject: async (bucket, key) => s3Store.getObject(bucket, key).body.toString('utf8'),
    writeObject: (bucket, key, body) =>
      request(
        'PUT',
        `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
        { 'content-type': 'application/octet-stream' },
        body,
      ),
    sendMessage: (queueName, body) =>
      sqs('SendMessage', { QueueUrl: queueUrl(queueName), MessageBody: body }),
    queue(queueName) {
      const queue = queuesByName.get(queueName);
      if (queue === undefined) throw new Error(`queue: got ${queueName}; allowed: a queue of the stack`);
      return queue;
    },
    redrive: (deadLetterQueue) => moveToSource(deadLetterQueue, queuesByName),
    onObjectCreated: (listener) => void createdListeners.add(listener),
    close: () => app.close(),
  };
}

const bucketSchema = z.object({
  CorsConfiguration: z
    .object({
      CorsRules: z.tuple([
        z.strictObject({
          AllowedOrigins: z.array(z.string()),
          AllowedMethods: z.array(z.string()),
          AllowedHeaders: z.array(z.string()).default([]),
        }),
      ]),
    })
    .transform(
      ({ CorsRules: [rule] }): CorsRule => ({
        origins: rule.AllowedOrigins,
        methods: rule.AllowedMethods,
        headers: rule.AllowedHeaders,
        exposed: [],
      }),
    )
    .optional(),
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.boolean() }).optional(),
    })
    .optional(),
  VersioningConfiguration: z.never('versioning is not supported').optional(),
  WebsiteConfiguration: z.never('websites are not supported').optional(),
});
const queueSchema = z.object({
  DelaySeconds: z.literal(0, 'delays are not supported').optional(),
  FifoQueue: z.never('FIFO queues are not supported').optional(),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
  /** The default of SQS. */
  VisibilityTimeout: z.number().default(30),
});

/** @throws UnsupportedError when the dead-letter queue is not in the stack */
function readQueueAttributes(
  template: Template,
  queue: Resource,
  queues: readonly Resource[],
): Record<string, string> {
  const { RedrivePolicy, VisibilityTimeout } = template.read(queue, queueSchema);
  const target = RedrivePolicy?.deadLetterTargetArn;
  if (target !== undefined && !queues.some((other) => other.arn === target)) {
    throw new UnsupportedError(
      `${queue.logicalId}: got the dead-letter queue ${target}; allowed: queues of the stack`,
    );
  }
  return {
    VisibilityTimeout: String(VisibilityTimeout),
    // An empty policy removes that of an earlier version of the stack.
    RedrivePolicy: RedrivePolicy === undefined ? '' : JSON.stringify(RedrivePolicy),
  };
}
