import type { BatchListQuery, BatchPage, BatchSummary } from '../../contracts/batches-api.ts';
import { type BatchGroup, batchPartitions } from '../../contracts/listing-index.ts';
import { type Listing, readPage } from '../listing.ts';

export interface ListBatchesPorts {
  readonly batchIndex: Listing<BatchSummary>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Returns one page of batches, newest first. It may be short.
 *
 * @throws InvalidInput for an invalid cursor
 */
export async function listBatches(
  query: BatchListQuery,
  { batchIndex, now }: ListBatchesPorts,
): Promise<BatchPage> {
  const { status, limit, cursor } = query;
  const partitions = groupsOf(status).flatMap(batchPartitions);
  const request = { partitions, filters: { status }, limit, cursor };
  const { summaries, ...page } = await readPage(request, batchIndex, now());
  return { batches: summaries, ...page };
}

/** The groups with batches of a status, in the order in which a batch moves through them. */
function groupsOf(status: BatchSummary['status'] | undefined): BatchGroup[] {
  if (status === undefined) return ['open', 'unpublished', 'ended'];
  const isOpen = status === 'Opening' || status === 'Running' || status === 'Cancelling';
  return isOpen ? ['open'] : ['unpublished', 'ended'];
}
