import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import type { CancelTimer, Clock } from '../clock.ts';
import type { S3AndSqs } from './s3-and-sqs.ts';
import type { Resource, Template } from './template.ts';

/** A stream of Amazon Data Firehose that delivers to a bucket. */
export interface DeliveryStream {
  /** Resolves when S3 has the record, or the stack is closed. */
  putRecord(data: string): Promise<void>;
}

export interface DeliveryStreamsOptions {
  readonly template: Template;
  readonly clock: Clock;
  readonly objects: Pick<S3AndSqs, 'writeObject'>;
  /** Ends the stack, and loses what is buffered. */
  readonly signal: AbortSignal;
}

const destinationSchema = z.strictObject({
  BucketARN: z.string().startsWith('arn:aws:s3:::'),
  RoleARN: z.string(),
  Prefix: z.string().regex(/^[^!]*(!\{timestamp:yyyy-MM-dd\}[^!]*)*$/, 'only !{timestamp:yyyy-MM-dd}'),
  // Ignored: local deliveries do not fail.
  ErrorOutputPrefix: z.string().optional(),
  CloudWatchLoggingOptions: z.object({}).optional(),
  BufferingHints: z.object({ IntervalInSeconds: z.number(), SizeInMBs: z.number() }),
  CompressionFormat: z.literal('GZIP', 'only GZIP is supported'),
  ProcessingConfiguration: z.strictObject({
    Enabled: z.literal(true),
    Processors: z.tuple([z.strictObject({ Type: z.literal('AppendDelimiterToRecord') })]),
  }),
});
const streamSchema = z.object({ ExtendedS3DestinationConfiguration: destinationSchema });

interface BufferedRecords {
  readonly arrivedAt: number;
  readonly lines: string[];
  bytes: number;
  readonly delivered: PromiseWithResolvers<void>;
  readonly cancelTimer: CancelTimer;
}

/**
 * Reads the delivery streams of the template, by ARN. They buffer as their template says.
 *
 * @throws UnsupportedError for a stream that would deliver something else on AWS
 */
export function readDeliveryStreams(options: DeliveryStreamsOptions): ReadonlyMap<string, DeliveryStream> {
  const streams = options.template.resources('AWS::KinesisFirehose::DeliveryStream');
  return new Map(streams.map((stream) => [stream.arn, deliveryStream(stream, options)]));
}

function deliveryStream(
  resource: Resource,
  { template, clock, objects, signal }: DeliveryStreamsOptions,
): DeliveryStream {
  const { ExtendedS3DestinationConfiguration: destination } = template.read(resource, streamSchema);
  const { IntervalInSeconds, SizeInMBs } = destination.BufferingHints;
  const bucket = destination.BucketARN.replace('arn:aws:s3:::', '');
  let buffered: BufferedRecords | undefined;
  signal.addEventListener('abort', () => {
    buffered?.cancelTimer();
    buffered?.delivered.resolve();
    buffered = undefined;
  });

  async function write({ arrivedAt, lines }: BufferedRecords): Promise<void> {
    // Firehose takes the time of the oldest record, in UTC.
    const [day = '', time = ''] = new Date(arrivedAt).toISOString().split(/[T.]/);
    const folder = destination.Prefix.replaceAll('!{timestamp:yyyy-MM-dd}', day);
    const name = `${resource.name}-1-${day}-${time.replaceAll(':', '-')}-${randomUUID()}.gz`;
    const body = await promisify(gzip)(lines.map((line) => `${line}\n`).join(''));
    await objects.writeObject(bucket, `${folder}${name}`, body);
  }

  function flush(): void {
    if (buffered === undefined) return;
    const { cancelTimer, delivered } = buffered;
    cancelTimer();
    clock.during(write(buffered)).then(delivered.resolve, delivered.reject);
    buffered = undefined;
  }

  return {
    async putRecord(data) {
      if (signal.aborted) return;
      buffered ??= {
        arrivedAt: clock.now(),
        lines: [],
        bytes: 0,
        delivered: Promise.withResolvers(),
        cancelTimer: clock.after(IntervalInSeconds * 1000, flush),
      };
      const { delivered } = buffered;
      buffered.lines.push(data);
      buffered.bytes += Buffer.byteLength(data);
      if (buffered.bytes >= SizeInMBs * 1024 ** 2) flush();
      await delivered.promise;
    },
  };
}
