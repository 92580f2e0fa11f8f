import * as z from 'zod/mini';
import { taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { activitySchema, pollsSchema } from '../page-contract.ts';
import { ApiError, errorText, requestJson } from './api-client.ts';
import { byId } from './dom.ts';
import { readTasks } from './read-tasks.ts';
import { createRecognizeForm, type RecognizeForm } from './recognize-form.ts';
import { showRefusal } from './refusals.ts';
import { createTaskList } from './task-list.ts';
import { hideTask, showTask } from './task-view.ts';

const connection = byId('connection', HTMLParagraphElement);
const heading = byId('task-heading', HTMLHeadingElement);
const loggedAttempts = new Map<string, number>();
const taskList = createTaskList(select, showMore);

/** How many tasks are shown at first, and how many are added on request. */
const STEP = 100;

let wantedTasks = STEP;
let knownTasks = new Set<string>();
let selected: string | undefined;
let isStale = false;
let isRefreshing = false;

function select(taskId: string): void {
  selected = taskId;
  void refresh();
  heading.focus();
}

/** Reloads the page's data. A change during a refresh triggers another one. */
async function refresh(): Promise<void> {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  try {
    while (isStale) {
      isStale = false;
      await showTasks();
      if (selected !== undefined) await showSelected(selected);
    }
    connection.textContent = 'Live';
  } catch (error) {
    connection.textContent = errorText(error);
  } finally {
    isRefreshing = false;
  }
}

async function showTasks(): Promise<void> {
  const { tasks, areAll } = await readTasks(wantedTasks);
  if (areAll) knownTasks = new Set();
  for (const { taskId } of tasks) knownTasks.add(taskId);
  const shown = tasks.slice(0, wantedTasks);
  taskList.show(shown, { loggedAttempts, selected, total: knownTasks.size });
}

async function showMore(): Promise<void> {
  wantedTasks += STEP;
  await refresh();
}

/** Counts all tasks, which the API does only by listing them. */
async function countTasks(): Promise<void> {
  const { tasks } = await readTasks(Number.POSITIVE_INFINITY);
  knownTasks = new Set(tasks.map(({ taskId }) => taskId));
}

async function showSelected(taskId: string): Promise<void> {
  const known = await Promise.all([
    requestJson(taskRecordSchema, `/tasks/${taskId}`),
    requestJson(pollsSchema, `/local/tasks/${taskId}/polls`),
  ]).catch(undefinedIfNotFound);
  // The user may have selected another task in the meantime.
  if (taskId !== selected) return;
  if (known !== undefined) return showTask(...known, select);
  selected = undefined;
  hideTask();
}

/** A restarted server may not know the selected task. */
function undefinedIfNotFound(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

function follow(form: RecognizeForm): void {
  const source = new EventSource('/local/activity');
  source.onopen = () => {
    form.endConnectionProblem();
    // The refresh reports an error.
    void countTasks()
      .catch(() => {})
      .then(refresh);
  };
  source.onerror = () => {
    connection.textContent = 'The server has stopped; reconnecting.';
  };
  source.onmessage = ({ data }) => {
    const activity = z.parse(activitySchema, JSON.parse(data));
    if (activity.kind === 'upload') return form.showUpload(activity.upload);
    if (activity.kind === 'event') showRefusal(activity.event);
    if (activity.kind === 'poll') loggedAttempts.set(activity.poll.taskId, activity.poll.attempt);
    void refresh();
  };
}

try {
  follow(await createRecognizeForm(select));
} catch (error) {
  connection.textContent = errorText(error);
}
