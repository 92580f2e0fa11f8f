import {
  type BatchView,
  batchViewSchema,
  startedBatchSchema,
} from '../../../functions/contracts/batches-api.ts';
import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { type BatchFailure, batchFailuresSchema, MAX_LISTED_FAILURES } from '../page-contract.ts';
import { type Action, createActions } from './actions.ts';
import { ApiError, requestJson, undefinedIfNotFound } from './api-client.ts';
import { createProgressBar, describeCounts, describeProgress } from './batch-bar.ts';
import { progressOf } from './batch-progress.ts';
import { badge, byId, element, quiet, showContent } from './dom.ts';
import { describeDuration, secondsBetween } from './durations.ts';
import { showFacts } from './facts.ts';
import { titleOf } from './file-name.ts';
import { taskHref } from './route.ts';

const heading = byId('batch-heading', HTMLHeadingElement);
const unknown = byId('batch-unknown', HTMLParagraphElement);
const body = byId('batch-body', HTMLDivElement);
const status = byId('batch-status', HTMLParagraphElement);
const progressBox = byId('batch-progress', HTMLDivElement);
const facts = byId('batch-facts', HTMLDListElement);
const files = byId('batch-files', HTMLParagraphElement);
const failureList = byId('batch-failures', HTMLUListElement);
const failureCount = byId('batch-failure-count', HTMLParagraphElement);

/** What `GET /local/batches/{batchId}/{file}` has of an ended batch. */
const RESULT_FILES = ['results.csv', 'results.jsonl', 'summary.json'];

/** The batch that was opened: its progress, failures and actions. */
export interface BatchPane {
  /**
   * Reads and shows a batch.
   *
   * @param tasks the tasks of this batch
   * @param isCurrent whether the user has not opened something else in the meantime
   */
  show(batchId: string, tasks: readonly TaskSummary[], isCurrent: () => boolean): Promise<void>;
}

export interface BatchPaneOptions {
  /** Reloads the page's data. */
  refresh(): void;
  open(batchId: string): void;
}

export function createBatchPane({ refresh, open }: BatchPaneOptions): BatchPane {
  const actions = createActions('batch-actions', refresh);
  /** The failures of an ended batch do not change, so they are read once. */
  let readFailures: { readonly batchId: string; readonly failures: Failures } | undefined;

  async function failuresOf(batch: BatchView, tasks: readonly TaskSummary[]): Promise<Failures> {
    const { batchId, outcome } = batch;
    if (outcome === undefined) return failuresOfTasks(tasks);
    if (readFailures?.batchId !== batchId) {
      const failures = await requestJson(batchFailuresSchema, `/local/batches/${batchId}/failures`).catch(
        asProblem,
      );
      readFailures = { batchId, failures };
    }
    return readFailures.failures;
  }

  return {
    async show(batchId, tasks, isCurrent) {
      const batch = await requestJson(batchViewSchema, `/batches/${batchId}`).catch(undefinedIfNotFound);
      const failures = batch && (await failuresOf(batch, tasks));
      if (!isCurrent()) return;
      showContent(heading, batchId);
      unknown.hidden = batch !== undefined;
      body.hidden = batch === undefined;
      if (batch === undefined || failures === undefined) return;
      showBatch(batch, tasks);
      showFailures(failures);
      actions.show(batchId, actionsOf(batch, open));
    },
  };
}

function showBatch(batch: BatchView, tasks: readonly TaskSummary[]): void {
  const { batchId, reason, outcome } = batch;
  const counts = batch.counts ?? batch.progress;
  const progress = progressOf({ total: batch.total, counts }, outcome === undefined ? tasks : []);
  showContent(status, badge(batch.status, [batch.status, reason].filter(Boolean).join(', ')));
  const described = [describeProgress(progress), describeCounts(progress)].filter((text) => text !== '');
  showContent(progressBox, createProgressBar(progress), element('p', {}, described.join(': ')));
  showFacts(facts, factsOf(batch));
  files.hidden = outcome === undefined || outcome === 'Refused';
  const links = RESULT_FILES.map((name) => element('a', { href: `/local/batches/${batchId}/${name}` }, name));
  showContent(files, 'Results:', ...links.flatMap((link) => [' ', link]));
}

interface Failures {
  readonly total: number;
  readonly failures: readonly BatchFailure[];
  /** Why they cannot be listed. */
  readonly problem?: string;
}

/** The results of a batch may have expired. */
function asProblem(error: unknown): Failures {
  if (error instanceof ApiError) return { total: 0, failures: [], problem: error.message };
  throw error;
}

/** The items that have failed so far. Images without a task follow when the batch has ended. */
function failuresOfTasks(tasks: readonly TaskSummary[]): Failures {
  const failed = tasks.filter((task) => !['Collecting', 'Completed'].includes(task.status));
  const failures = failed.slice(0, MAX_LISTED_FAILURES).map((task) => ({
    name: titleOf(task),
    taskId: task.taskId,
    outcome: task.status,
    reason: task.reason,
    messages: [],
  }));
  return { total: failed.length, failures };
}

function showFailures({ total, failures, problem }: Failures): void {
  const items = `${total.toLocaleString()} ${total === 1 ? 'item' : 'items'} without a result`;
  const more = failures.length < total ? `, of which ${failures.length} are listed; results.csv has all` : '';
  showContent(failureCount, problem ?? (total === 0 ? 'None.' : `${items}${more}.`));
  showContent(failureList, ...failures.map(createFailure));
}

function createFailure({ name, taskId, outcome, reason, messages }: BatchFailure): HTMLLIElement {
  const title = taskId === undefined ? name : element('a', { href: taskHref(taskId) }, name);
  const ending = badge(outcome, [outcome, reason].filter(Boolean).join(', '));
  return element('li', {}, title, ' ', ending, quiet('p', messages.join(' ')));
}

function factsOf(batch: BatchView): readonly (readonly [string, string | undefined])[] {
  const { startedAt, completedAt, concurrency, requestsPerSecond, duplicates, messages } = batch;
  return [
    ['Started', new Date(startedAt).toLocaleString()],
    ['Took', completedAt && describeDuration(secondsBetween(startedAt, completedAt))],
    ['Chunks at once', concurrency.toString()],
    ['Requests per second', requestsPerSecond?.toString()],
    ['Duplicates', duplicates?.toString()],
    ['Messages', messages.join('; ')],
  ];
}

function actionsOf({ batchId, outcome, status, counts = {}, total }: BatchView, open: (id: string) => void) {
  const cancel: Action = {
    label: 'Cancel the batch',
    confirm: {
      question: `Cancel ${batchId}? Its unfinished items end as Cancelled.`,
      decline: 'Keep it running',
    },
    async run() {
      await requestJson(batchViewSchema, `/batches/${batchId}`, { method: 'DELETE' });
      return 'The batch is being cancelled. Running chunks notice it within 15 seconds.';
    },
  };
  const retry: Action = {
    label: 'Retry what failed',
    async run() {
      const { batch } = await requestJson(startedBatchSchema, `/batches/${batchId}/retry`, {
        method: 'POST',
      });
      open(batch.batchId);
      return `${batch.batchId} retries what is not Completed.`;
    },
  };
  if (outcome === undefined) return status === 'Cancelling' ? [] : [cancel];
  return total !== undefined && (counts['Completed'] ?? 0) < total ? [retry] : [];
}
