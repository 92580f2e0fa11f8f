import { type BatchInput, batchIdSchema, batchRequestShape } from '../../contracts/batch-input.ts';
import { LISTS_PREFIX } from '../../contracts/batch-keys.ts';
import type { ImageSource } from '../../contracts/image-input.ts';
import { closedObject } from '../../contracts/schema-helpers.ts';
import { type InboxPorts, METADATA_PREFIX } from '../inbox-object.ts';
import { InvalidInput, parseInput } from '../invalid-input.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseBatchInput } from './batch-input.ts';
import type { BatchRecords } from './batch-ports.ts';

export interface ListObjectPorts extends Pick<InboxPorts, 'describeObject'> {
  readonly batches: Pick<BatchRecords, 'read'>;
}

/** A batch that an uploaded list asks for. */
export interface ListedBatch {
  readonly batchId: string;
  readonly input: BatchInput;
}

const LIST_NAME = /^([^/]*)\.(?:jsonl|json|csv)$/i;

/** The metadata of a list. S3 turns its names into lower case. */
const listMetadataSchema = closedObject({
  operation: batchRequestShape.operation,
  concurrency: batchRequestShape.concurrency,
  requestspersecond: batchRequestShape.requestsPerSecond,
});

/**
 * Makes a batch from a list that was created below `lists/`. The name of the list is the id of the
 * batch, and its metadata is the rest of the request.
 *
 * @param source with a version id or an ETag
 * @returns undefined for objects that ask for nothing: folder markers, content that was replaced,
 * for which another event comes, and lists that were deleted after they had started their batch
 * @throws InvalidInput when the key has no id, or the metadata is not allowed
 */
export async function batchOfList(
  source: ImageSource,
  { batches, describeObject }: ListObjectPorts,
): Promise<ListedBatch | undefined> {
  // The console creates an empty object for a folder.
  if (source.key.endsWith('/')) return undefined;
  const batchId = batchIdOf(source.key);
  const described = await describeObject(source);
  if (described.kind === 'Changed') return undefined;
  if (described.kind === 'Found') {
    return { batchId, input: inputOf(described.source, described.metadata) };
  }
  // The batch refuses a list that cannot be read, so that the refusal has an event.
  return (await batches.read(batchId)) === undefined ? { batchId, input: inputOf(source, {}) } : undefined;
}

function batchIdOf(key: string): string {
  const [, batchId] = LIST_NAME.exec(key.slice(LISTS_PREFIX.length)) ?? [];
  if (batchId !== undefined && batchIdSchema.safeParse(batchId).success) return batchId;
  const allowed = `${LISTS_PREFIX}<batchId>.jsonl, .json or .csv, where <batchId> has 1 to 64 characters of A-Z, a-z, 0-9 and -`;
  throw new InvalidInput('key', 'an object that is not named as a list', allowed);
}

function inputOf(list: ImageSource, metadata: Readonly<Record<string, string>>): BatchInput {
  const own = Object.entries(metadata)
    .filter(([name]) => name.startsWith(METADATA_PREFIX))
    .map(([name, text]) => [name.slice(METADATA_PREFIX.length), numberOrText(text)] as const);
  const { requestspersecond, ...parsed } = parseInput(
    listMetadataSchema,
    Object.fromEntries(own),
    'metadata',
  );
  return parseBatchInput({ list, ...parsed, ...withoutUndefined({ requestsPerSecond: requestspersecond }) });
}

/** The schema refuses a text that is no number. */
function numberOrText(text: string): number | string {
  return /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : text;
}
