import * as z from 'zod/mini';
import { taskPageSchema } from '../../../functions/contracts/http-api.ts';
import { taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { activitySchema, pollsSchema } from '../page-contract.ts';
import { ask, ServerRefusal, wordsOf } from './api-client.ts';
import { byId } from './dom.ts';
import { createRecognizeForm } from './recognize-form.ts';
import { createTaskList } from './task-list.ts';
import { hideTask, showTask } from './task-view.ts';

const connection = byId('connection', HTMLParagraphElement);
const heading = byId('task-heading', HTMLHeadingElement);
const attemptsSeen = new Map<string, number>();
const taskList = createTaskList(select);

let selected: string | undefined;
let isStale = false;
let isRefreshing = false;

function select(taskId: string): void {
  selected = taskId;
  void refresh();
  heading.focus();
}

/** Asks for what is shown, one refresh at a time: what happens meanwhile makes it ask once more. */
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
    connection.textContent = wordsOf(error);
  } finally {
    isRefreshing = false;
  }
}

async function showTasks(): Promise<void> {
  const { tasks } = await ask(taskPageSchema, '/tasks?limit=100');
  taskList.show(tasks, attemptsSeen, selected);
}

async function showSelected(taskId: string): Promise<void> {
  const known = await Promise.all([
    ask(taskRecordSchema, `/tasks/${taskId}`),
    ask(pollsSchema, `/local/tasks/${taskId}/polls`),
  ]).catch(noneIfForgotten);
  // Another one may have been chosen meanwhile.
  if (taskId !== selected) return;
  if (known !== undefined) return showTask(...known);
  selected = undefined;
  hideTask();
}

/** A server that has started anew may know nothing of what was chosen before. */
function noneIfForgotten(error: unknown): undefined {
  if (!(error instanceof ServerRefusal && error.status === 404)) throw error;
}

function follow(): void {
  const source = new EventSource('/local/activity');
  source.onopen = () => void refresh();
  source.onerror = () => {
    connection.textContent = 'The server is gone; trying again.';
  };
  source.onmessage = ({ data }) => {
    const activity = z.parse(activitySchema, JSON.parse(data));
    if (activity.kind === 'poll') attemptsSeen.set(activity.poll.taskId, activity.poll.attempt);
    void refresh();
  };
}

try {
  await createRecognizeForm(select);
  follow();
} catch (error) {
  connection.textContent = wordsOf(error);
}
