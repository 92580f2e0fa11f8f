import { createActions } from './actions.ts';
import { errorText } from './api-client.ts';
import { createBatchList } from './batch-list.ts';
import { createBatchPane } from './batch-view.ts';
import { createDetails } from './details.ts';
import { byId, showContent } from './dom.ts';
import { followActivity } from './follow-activity.ts';
import { createKept } from './kept.ts';
import { createOverview } from './overview.ts';
import { createRecognizeForm } from './recognize-form.ts';
import { createRefresher } from './refresh.ts';
import { showRefusal } from './refusals.ts';
import { batchHref, type Route, taskHref } from './route.ts';
import { createSearch } from './search.ts';
import { createTaskList } from './task-list.ts';
import { createTaskPane } from './task-pane.ts';
import { createUploads } from './uploads.ts';

/** How often a running batch and the ages of tasks are shown anew. */
const POLL_MILLISECONDS = 2000;
const AGES_MILLISECONDS = 30_000;

const connection = byId('connection', HTMLParagraphElement);
const loggedAttempts = new Map<string, number>();
const kept = createKept();
const taskList = createTaskList(loggedAttempts);
const batchList = createBatchList(kept.progressOf);
const overview = createOverview();
const uploads = createUploads();
const search = createSearch();

const { refresh } = createRefresher(load, (error) => {
  showContent(connection, error === undefined ? 'Live' : errorText(error));
  connection.classList.toggle('live', error === undefined);
});
const taskPane = createTaskPane(createActions('task-actions', refresh));
const batchPane = createBatchPane({ refresh, open: (batchId) => details.open(batchHref(batchId)) });
const details = createDetails(showRoute, focusRow);

function showLists(): void {
  const route = details.current();
  taskList.show(kept.tasks(), route.kind === 'task' ? route.taskId : undefined);
  batchList.show(kept.batches(), route.kind === 'batch' ? route.batchId : undefined);
  overview.show(kept.tasks());
  uploads.showTasks(kept.findTask);
}

async function load(): Promise<void> {
  await Promise.all([kept.refresh(showLists), showDetails()]);
  showLists();
}

async function showDetails(): Promise<void> {
  const route = details.current();
  const isCurrent = () => details.current() === route;
  if (route.kind === 'task') await taskPane.show(route, isCurrent);
  if (route.kind === 'batch') await batchPane.show(route.batchId, kept.tasksOf(route.batchId), isCurrent);
}

function showRoute(): void {
  void refresh();
}

function focusRow(closed: Route): void {
  if (closed.kind === 'task') taskList.focus(closed.taskId);
  if (closed.kind === 'batch') batchList.focus(closed.batchId);
}

try {
  const form = await createRecognizeForm({
    uploads,
    openTask: (taskId) => details.open(taskHref(taskId)),
    openBatch: (batchId) => details.open(batchHref(batchId)),
  });
  followActivity({
    onOpen() {
      form.endConnectionProblem();
      kept.clear();
      void refresh();
    },
    onStopped: () => showContent(connection, 'The server has stopped; reconnecting.'),
    onUpload: (upload) => form.showUpload(upload),
    onEvent(event) {
      showRefusal(event);
      search.repeat();
    },
    onPoll: ({ taskId, attempt }) => loggedAttempts.set(taskId, attempt),
    onChange: refresh,
  });
  setInterval(() => {
    if (kept.hasRunningBatch() && !document.hidden) void refresh();
  }, POLL_MILLISECONDS);
  setInterval(showLists, AGES_MILLISECONDS);
} catch (error) {
  connection.textContent = errorText(error);
}
