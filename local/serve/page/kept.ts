import { type BatchSummary, batchPageSchema } from '../../../functions/contracts/batches-api.ts';
import { type TaskSummary, taskPageSchema } from '../../../functions/contracts/http-api.ts';
import { requestJson } from './api-client.ts';
import { type ItemProgress, progressOf } from './batch-progress.ts';
import { createKeptList } from './kept-list.ts';

/** The tasks and batches that the server keeps. */
export interface Kept {
  /** Newest first. */
  tasks(): readonly TaskSummary[];
  findTask(taskId: string): TaskSummary | undefined;
  tasksOf(batchId: string): readonly TaskSummary[];
  /** Newest first. */
  batches(): readonly BatchSummary[];
  progressOf(batch: BatchSummary): ItemProgress;
  hasRunningBatch(): boolean;
  /** @param onPage is called when some were read */
  refresh(onPage: () => void): Promise<void>;
  /** Forgets everything: a restarted server may keep something else. */
  clear(): void;
}

/** Outcomes of batches are among their statuses. */
const OPEN_BATCH_STATUSES = ['Opening', 'Running', 'Cancelling'];

const isOpenBatch = ({ status }: BatchSummary) => OPEN_BATCH_STATUSES.includes(status);

export function createKept(): Kept {
  const tasks = createKeptList<TaskSummary>({
    async readPage(cursor) {
      const page = await requestJson(taskPageSchema, `/tasks?${pageQuery(cursor)}`);
      return { items: page.tasks, cursor: page.cursor };
    },
    idOf: ({ taskId }) => taskId,
    startOf: ({ startedAt }) => startedAt,
    isOpen: ({ status }) => status === 'Collecting',
  });
  const batches = createKeptList<BatchSummary>({
    async readPage(cursor) {
      const page = await requestJson(batchPageSchema, `/batches?${pageQuery(cursor)}`);
      return { items: page.batches, cursor: page.cursor };
    },
    idOf: ({ batchId }) => batchId,
    startOf: ({ startedAt }) => startedAt,
    isOpen: isOpenBatch,
  });
  const tasksOf = (batchId: string) => tasks.all().filter((task) => task.batchId === batchId);

  return {
    tasks: tasks.all,
    findTask: tasks.find,
    tasksOf,
    batches: batches.all,
    progressOf: (batch) => progressOf(batch, isOpenBatch(batch) ? tasksOf(batch.batchId) : []),
    hasRunningBatch: () => batches.all().some(isOpenBatch),
    async refresh(onPage) {
      await Promise.all([tasks.refresh(onPage), batches.refresh(onPage)]);
    },
    clear() {
      tasks.clear();
      batches.clear();
    },
  };
}

function pageQuery(cursor: string | undefined): URLSearchParams {
  return new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
}
