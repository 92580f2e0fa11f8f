import { MAX_HITS } from '../../../cli/search-options.ts';
import { OPERATIONS } from '../../../functions/contracts/operations.ts';
import { type TaskRecord, taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { pollsSchema, type SearchHit } from '../page-contract.ts';
import type { Actions } from './actions.ts';
import { requestJson, undefinedIfNotFound } from './api-client.ts';
import { byId, element, showContent } from './dom.ts';
import { fileNameOf } from './file-name.ts';
import type { Route, SearchMatch } from './route.ts';
import { requestHits } from './search.ts';
import { taskActions } from './task-actions.ts';
import { showPicture } from './task-picture.ts';
import { showTask } from './task-view.ts';

const heading = byId('task-heading', HTMLHeadingElement);
const unknown = byId('task-unknown', HTMLParagraphElement);
const body = byId('task-body', HTMLDivElement);

export interface TaskPane {
  /**
   * Reads and shows a task.
   *
   * @param isCurrent whether the user has not opened something else in the meantime
   */
  show(route: Route & { readonly kind: 'task' }, isCurrent: () => boolean): Promise<void>;
}

/** Shows the task that was opened. */
export function createTaskPane(actions: Actions): TaskPane {
  return {
    async show({ taskId, match }, isCurrent) {
      const known = await Promise.all([
        requestJson(taskRecordSchema, `/tasks/${taskId}`),
        requestJson(pollsSchema, `/local/tasks/${taskId}/polls`),
      ]).catch(undefinedIfNotFound);
      const hit = match && (await findMatch(taskId, match));
      if (!isCurrent()) return;
      unknown.hidden = known !== undefined;
      body.classList.toggle('without-record', known === undefined);
      body.hidden = known === undefined && hit === undefined;
      if (known === undefined) return showWithoutRecord(taskId, hit);
      const [task, polls] = known;
      showTask(task, polls);
      actions.show(taskId, taskActions(task));
      showPicture({ taskId, hasPicture: hasPicture(task) }, hit);
    },
  };
}

/** An image that Aspose recognized as one, and that ocr-courier has submitted. */
function hasPicture({ source, operation }: TaskRecord): boolean {
  return source !== undefined && OPERATIONS[operation].input === 'image';
}

/** Shows what the search still finds of a task whose record has expired. */
function showWithoutRecord(taskId: string, hit: SearchHit | undefined): void {
  if (hit === undefined) {
    showContent(heading, taskId);
    showContent(unknown, UNKNOWN);
    return;
  }
  const { index, source } = hit;
  const href = `/local/tasks/${taskId}/documents/${index}`;
  const link = element('a', { href, target: '_blank', rel: 'noopener' }, 'Open the document in a new tab');
  showContent(heading, source === null ? taskId : fileNameOf(source));
  showContent(unknown, 'The record of this task has expired. ', link);
  showPicture({ taskId, hasPicture: source !== null && !/\.pdf$/i.test(source.key) }, hit);
}

const UNKNOWN = 'The server does not know this task. It expired, or the server was restarted.';

/** The latest match, so that a refresh does not search again. */
let latest: { readonly key: string; readonly hit: Promise<SearchHit | undefined> } | undefined;

/** Searches the words again that led to a document. */
function findMatch(taskId: string, { query, index }: SearchMatch): Promise<SearchHit | undefined> {
  const key = [taskId, index, query].join('/');
  if (latest?.key !== key) {
    const hit = requestHits(query, undefined, MAX_HITS)
      .then((hits) => hits.find((found) => found.taskId === taskId && found.index === index))
      .catch(() => {
        latest = undefined;
        return undefined;
      });
    latest = { key, hit };
  }
  return latest.hit;
}
