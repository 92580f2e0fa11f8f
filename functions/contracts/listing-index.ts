import type { BatchRecord } from './batch-record.ts';
import type { ImageRecord } from './image-record.ts';
import type { TaskRecord } from './task-record.ts';

/**
 * The table's index that lists tasks, newest first, and finds tasks and images whose execution has
 * ended.
 */
export const LISTING_INDEX = {
  name: 'byState',
  /** `<kind>#<group>#<shard>` with the kind task, image or batch */
  partitionKey: 'listing',
  /** `<startedAt>~<hash of the key>`: sorts by time, is unique, and does not reveal the id. */
  sortKey: 'listingKey',
} as const;

/**
 * A task moves through these groups. `unpublished` tasks have ended, and their terminal event still
 * has to be published (`terminalEvent` in the record).
 */
export type ListingGroup = 'open' | 'unpublished' | 'completed' | 'unsuccessful';

/**
 * Partitions of each group. DynamoDB writes at most 1,000 units per second to one partition of the
 * index. Four carry what a new on-demand table carries: 4,000 units. Raising the number needs no
 * migration, because readers read all shards; lowering it hides the tasks of the removed shards.
 * scripts/operator.sh counts them, too.
 */
export const LISTING_SHARDS = 4;

/** An image is in the index only until its task has ended, or its refusal was published. */
export type ImageGroup = Extract<ListingGroup, 'open' | 'unpublished'>;

/** A batch moves through these groups. */
export type BatchGroup = 'open' | 'unpublished' | 'ended';

/** The partition of a batch. `hash` is derived from the table's key. */
export function batchPartition({ outcome, terminalEvent }: BatchRecord, hash: Uint8Array): string {
  const group = outcome === undefined ? 'open' : terminalEvent === 'Pending' ? 'unpublished' : 'ended';
  return partition('batch', group, shardOf(hash));
}

/** All partitions of a group of batches. */
export function batchPartitions(group: BatchGroup): string[] {
  return SHARDS.map((shard) => partition('batch', group, shard));
}

/** The partition of a task. `hash` is derived from the table's key and spreads tasks evenly. */
export function taskPartition(record: TaskRecord, hash: Uint8Array): string {
  return partition('task', listingGroup(record), shardOf(hash));
}

/** The partition of an image; undefined when it is not in the index. */
export function imagePartition(record: ImageRecord, hash: Uint8Array): string | undefined {
  const group = imageGroup(record);
  return group && partition('image', group, shardOf(hash));
}

/** All partitions of a group of tasks. */
export function taskPartitions(group: ListingGroup): string[] {
  return SHARDS.map((shard) => partition('task', group, shard));
}

/** All partitions of a group of images. */
export function imagePartitions(group: ImageGroup): string[] {
  return SHARDS.map((shard) => partition('image', group, shard));
}

const SHARDS = Array.from({ length: LISTING_SHARDS }, (_, shard) => shard);

function shardOf(hash: Uint8Array): number {
  return (hash[0] ?? 0) % LISTING_SHARDS;
}

function imageGroup({ state, terminalEvent }: ImageRecord): ImageGroup | undefined {
  if (state === 'Submitting' || state === 'Unknown' || state === 'Submitted') return 'open';
  return terminalEvent === 'Pending' ? 'unpublished' : undefined;
}

function listingGroup({ outcome, terminalEvent }: TaskRecord): ListingGroup {
  if (outcome === undefined) return 'open';
  if (terminalEvent === 'Pending') return 'unpublished';
  return outcome === 'Completed' ? 'completed' : 'unsuccessful';
}

function partition(
  kind: 'batch' | 'image' | 'task',
  group: ListingGroup | BatchGroup,
  shard: number,
): string {
  return `${kind}#${group}#${shard}`;
}
