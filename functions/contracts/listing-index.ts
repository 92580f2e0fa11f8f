import type { TaskRecord } from './task-record.ts';

/** The table's index that lists tasks, newest first, and finds tasks whose execution has ended. */
export const LISTING_INDEX = {
  name: 'byState',
  /** `task#<group>#<shard>` */
  partitionKey: 'listing',
  /** `<startedAt>~<hash of the task id>`: sorts by time, is unique, and does not reveal the id. */
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

/** The partition of a record. `hash` is derived from the task id and spreads tasks evenly. */
export function listingPartition(record: TaskRecord, hash: Uint8Array): string {
  return partition(listingGroup(record), (hash[0] ?? 0) % LISTING_SHARDS);
}

/** All partitions of a group. */
export function listingPartitions(group: ListingGroup): string[] {
  return Array.from({ length: LISTING_SHARDS }, (_, shard) => partition(group, shard));
}

function listingGroup({ outcome, terminalEvent }: TaskRecord): ListingGroup {
  if (outcome === undefined) return 'open';
  if (terminalEvent === 'Pending') return 'unpublished';
  return outcome === 'Completed' ? 'completed' : 'unsuccessful';
}

function partition(group: ListingGroup, shard: number): string {
  return `task#${group}#${shard}`;
}
