import { buildApp } from 'fauxqs';
import { z } from 'zod';
import { type DataDirectory, DataDirectoryError } from '../data-directory.ts';
import { ACCOUNT_ID, REGION } from './aws-account.ts';
import { isForeign } from './http-server.ts';
import { openPersistentStores } from './s3-and-sqs-stores.ts';
import type { Template } from './template.ts';

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
  sendMessage(queueName: string, body: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts S3 and SQS (fauxqs).
 *
 * @param data stores objects and messages; in memory by default
 * @throws DataDirectoryError when the data is damaged
 */
export async function startS3AndSqs(data?: DataDirectory): Promise<S3AndSqs> {
  const persistent = data && (await openPersistentStores(data));
  const app = buildApp({
    logger: false,
    defaultRegion: REGION,
    ...(persistent && { stores: persistent.stores }),
  });
  app.addHook('onClose', async () => persistent?.close());
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  // Requests of `inject`, below, have no socket.
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.socket.localPort !== undefined && isForeign(raw)) return reply.code(403).send();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { host, port } = new URL(url);
  // fauxqs finds a queue only by the exact URL with which it was created.
  const queueUrl = (queueName: string) => `http://sqs.${REGION}.localhost:${port}/${ACCOUNT_ID}/${queueName}`;

  async function request(
    method: 'POST' | 'PUT',
    path: string,
    headers: Record<string, string>,
    payload = '',
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

  return {
    url,
    queueUrl,
    async create(template) {
      const buckets = template.resources('AWS::S3::Bucket');
      const queues = template.resources('AWS::SQS::Queue');
      for (const bucket of buckets) template.read(bucket, bucketSchema);
      for (const queue of queues) template.read(queue, queueSchema);
      const creating = Promise.all([
        ...buckets.map(({ name }) => request('PUT', `/${name}`, {})),
        ...queues.map(({ name }) => sqs('CreateQueue', { QueueName: name })),
      ]);
      await creating.catch((cause: unknown) => {
        if (data === undefined) throw cause;
        throw new DataDirectoryError('cannot be written', { cause });
      });
    },
    sendMessage: (queueName, body) =>
      sqs('SendMessage', { QueueUrl: queueUrl(queueName), MessageBody: body }),
    close: () => app.close(),
  };
}

const bucketSchema = z.object({
  NotificationConfiguration: z.never('notifications are not supported').optional(),
  WebsiteConfiguration: z.never('websites are not supported').optional(),
});
const queueSchema = z.object({
  FifoQueue: z.never('FIFO queues are not supported').optional(),
  RedrivePolicy: z.never('redriving is not supported').optional(),
});
