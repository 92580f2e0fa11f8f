import type { BatchSummary } from '../../../functions/contracts/batches-api.ts';
import { createProgressBar, describeCounts, describeProgress } from './batch-bar.ts';
import type { ItemProgress } from './batch-progress.ts';
import { badge, byId, element, quiet } from './dom.ts';
import { createPagedList, type PagedList } from './paged-list.ts';
import { batchHref } from './route.ts';
import { createTime } from './times.ts';

const section = byId('batches-section', HTMLElement);

/** Lists batches with their progress, below the form, which starts some. */
export function createBatchList(
  readProgress: (batch: BatchSummary) => ItemProgress,
): PagedList<BatchSummary> {
  const list = createPagedList<BatchSummary>({
    list: 'batches',
    step: 5,
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
  return {
    show(batches, selected) {
      section.hidden = batches.length === 0;
      list.show(batches, selected);
    },
    focus: list.focus,
  };
}
