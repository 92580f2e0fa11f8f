import type { BatchSummary } from '../../../functions/contracts/batches-api.ts';
import { createProgressBar, describeCounts, describeProgress } from './batch-bar.ts';
import type { BatchProgress } from './batch-progress.ts';
import { badge, element, quiet } from './dom.ts';
import { createPagedList, type PagedList } from './paged-list.ts';
import { batchHref } from './route.ts';
import { createTime } from './times.ts';

/** Lists batches with their progress. */
export function createBatchList(
  readProgress: (batch: BatchSummary) => BatchProgress,
): PagedList<BatchSummary> {
  return createPagedList<BatchSummary>({
    list: 'batches',
    idOf: ({ batchId }) => batchId,
    hrefOf: ({ batchId }) => batchHref(batchId),
    describe(batch) {
      const { batchId, status, reason, startedAt } = batch;
      const progress = readProgress(batch);
      const counts = [describeProgress(progress), describeCounts(progress)].filter((text) => text !== '');
      return [
        element('span', { className: 'name', title: batchId }, batchId),
        badge(status, [status, reason].filter(Boolean).join(', ')),
        createProgressBar(progress),
        quiet('span', counts.join(': ')),
        quiet('span', createTime(startedAt)),
      ];
    },
  });
}
