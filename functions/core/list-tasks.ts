import type { ListQuery, TaskPage, TaskSummary } from '../contracts/http-api.ts';
import { type ListingGroup, taskPartitions } from '../contracts/listing-index.ts';
import { type Listing, readPage } from './listing.ts';

export type TaskListing = Listing<TaskSummary>;

export interface ListTasksPorts {
  readonly index: TaskListing;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Returns one page of tasks, newest first. It may be short.
 *
 * @throws InvalidInput for an invalid cursor
 */
export async function listTasks(query: ListQuery, { index, now }: ListTasksPorts): Promise<TaskPage> {
  const { status, operation, limit, cursor } = query;
  const partitions = groupsWith(status).flatMap(taskPartitions);
  const filters = { status, operation };
  const { summaries, ...page } = await readPage({ partitions, filters, limit, cursor }, index, now());
  return { tasks: summaries, ...page };
}

/** The groups with tasks of a status, in the order in which a task moves through them. */
function groupsWith(status: TaskSummary['status'] | undefined): ListingGroup[] {
  if (status === undefined) return ['open', 'unpublished', 'completed', 'unsuccessful'];
  if (status === 'Collecting') return ['open'];
  return ['unpublished', status === 'Completed' ? 'completed' : 'unsuccessful'];
}
