import { z } from 'zod';
import { IMAGES_PREFIX, LISTS_PREFIX } from '../../functions/contracts/batch-keys.ts';
import { type OperationId, TASK_API_ROUTES } from '../../functions/contracts/http-api.ts';
import { INBOX_PREFIX } from '../../functions/contracts/image-input.ts';
import { printable } from '../../functions/core/printable.ts';
import type { EmbeddedClientConfig } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';

/** Responds as soon as there is an end. */
const WAIT = "-H 'prefer: wait=20'";

/** The curl options before a route's URL, and the query after it. */
const CURL: Readonly<Record<OperationId, { readonly options?: string; readonly query?: string }>> = {
  startCollection: {
    options: `-X POST -H 'content-type: application/json' -d '{"taskId": "TASK_ID", "operation": "RecognizeImage"}'`,
  },
  listTasks: { query: '?limit=20' },
  readTask: { options: WAIT },
  cancelTask: { options: '-X DELETE' },
  readResults: {},
  readDocument: { options: '-L' },
  requestImage: {
    options: `-X POST -H 'content-type: application/json' -d '{"fileName": "letter.png"}'`,
  },
  readImage: { options: WAIT },
  startBatch: {
    options: `-X POST -H 'content-type: application/json' -d '{"tasks": ["TASK_ID"]}'`,
  },
  listBatches: { query: '?limit=20' },
  readBatch: { options: WAIT },
  cancelBatch: { options: '-X DELETE' },
  readBatchResults: {},
  retryBatch: { options: '-X POST' },
  describeApi: {},
};

/** Lists a shell command that recognizes an image, and one for each route of the HTTP API. */
export function curlLines(url: string): string[] {
  const routes = TASK_API_ROUTES.flatMap(({ operationId, path }) => {
    const { options, query = '' } = CURL[operationId];
    const filled = path
      .replace('{taskId}', 'TASK_ID')
      .replace('{imageId}', 'IMAGE_ID')
      .replace('{batchId}', 'BATCH_ID')
      .replace('{index}', '0');
    const line = ['curl -s', ...(options === undefined ? [] : [options]), `'${url}${filled}${query}'`].join(
      ' ',
    );
    return operationId === 'requestImage' ? [line, UPLOAD] : [line];
  });
  return [
    `curl -s --data-binary @local/samples/letter.png '${url}/local/recognize?fileName=letter.png&resultType=Text'`,
    ...routes,
  ];
}

/** The headers are those of the response to POST /images. */
const UPLOAD = "curl -s -T local/samples/letter.png -H 'if-none-match: *' 'UPLOAD_URL'";

/** A shell command that uploads a sample to the inbox, with the address and credentials of S3. */
export function inboxLine(
  bucket: string,
  { endpoint, region, credentials }: Pick<EmbeddedClientConfig, 'endpoint' | 'region' | 'credentials'>,
): string {
  const { accessKeyId, secretAccessKey } = credentials;
  return [
    `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=${region}`,
    `aws s3 cp local/samples/letter.png 's3://${bucket}/inbox/RecognizeImage/letter.png'`,
    `--endpoint-url '${endpoint}'`,
  ].join(' ');
}

const taskSchema = z.object({
  taskId: z.string(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  attempts: z.number().optional(),
});
const executionSchema = z.object({ name: z.string(), status: z.string() });
const objectSchema = z.object({ object: z.object({ key: z.string(), size: z.number() }) });
const refusalSchema = z.object({
  source: z.object({ key: z.string() }),
  reason: z.string(),
  messages: z.array(z.string()),
});

const batchSchema = z.object({
  batchId: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  counts: z.record(z.string(), z.number()),
});

/** Maximum length of an unknown detail. */
const MAX_DETAIL_CHARACTERS = 200;

/** Where users put objects. */
const UPLOAD_PREFIXES = [INBOX_PREFIX, LISTS_PREFIX, IMAGES_PREFIX];

/** Other objects are written by the stack itself, and their task has an event of its own. */
export function isShownEvent({ detail }: Pick<EventBridgeEvent, 'detail'>): boolean {
  const { data } = objectSchema.safeParse(detail);
  return data === undefined || UPLOAD_PREFIXES.some((prefix) => data.object.key.startsWith(prefix));
}

/** Describes an event in one line: its time, its type, and its task, image, object or execution. */
export function describeEvent({ time, detail, ...event }: EventBridgeEvent): string {
  return printable([time, event['detail-type'], describeDetail(detail)].join('  '));
}

function describeDetail(detail: unknown): string {
  const task = taskSchema.safeParse(detail).data;
  if (task !== undefined) {
    const { taskId, outcome, reason, attempts } = task;
    const polls = attempts === undefined ? undefined : `${attempts} ${attempts === 1 ? 'poll' : 'polls'}`;
    return [taskId, outcome, reason, polls].filter((word) => word !== undefined).join(', ');
  }
  const refusal = refusalSchema.safeParse(detail).data;
  if (refusal !== undefined) {
    const { source, reason, messages } = refusal;
    return `${source.key}, ${reason}: ${messages.join(' ')}`;
  }
  const batch = batchSchema.safeParse(detail).data;
  if (batch !== undefined) {
    const { batchId, outcome, reason, counts } = batch;
    const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    return [batchId, outcome, reason, ...counted].filter((word) => word !== undefined).join(', ');
  }
  const execution = executionSchema.safeParse(detail).data;
  if (execution !== undefined) return `${execution.name}, ${execution.status}`;
  const object = objectSchema.safeParse(detail).data?.object;
  if (object !== undefined) return `${object.key}, ${object.size} bytes`;
  return JSON.stringify(detail).slice(0, MAX_DETAIL_CHARACTERS);
}

/** Matches a source position in a stack trace, such as `local/embedded-aws/event-bus.ts:12`. */
