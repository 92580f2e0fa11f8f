import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { LoggedPoll } from '../../logged-poll.ts';
import { byId, element, quiet } from './dom.ts';
import { showDocuments } from './task-documents.ts';

const placeholder = byId('no-task', HTMLParagraphElement);
const details = byId('task-details', HTMLDivElement);
const id = byId('task-id', HTMLParagraphElement);
const status = byId('task-status', HTMLParagraphElement);
const facts = byId('facts', HTMLDListElement);
const timeline = byId('polls', HTMLOListElement);

/** Shows the status, facts, polls and documents of a task. */
export function showTask(task: TaskRecord, polls: readonly LoggedPoll[]): void {
  const own = polls.filter(({ timestamp }) => Date.parse(timestamp) >= Date.parse(task.startedAt));
  placeholder.hidden = true;
  details.hidden = false;
  id.textContent = task.taskId;
  showStatus(task);
  facts.replaceChildren(
    ...factsOf(task, own).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
  timeline.replaceChildren(...own.map((poll) => element('li', {}, ...describePoll(poll, task.startedAt))));
  showDocuments(task);
}

export function hideTask(): void {
  placeholder.hidden = false;
  details.hidden = true;
}

/** Changes the element only for a new status, because screen readers announce each change. */
function showStatus({ status: name, reason, partial, empty }: TaskRecord): void {
  const text = [name, reason, partial && 'partial', empty && 'empty'].filter(Boolean).join(', ');
  if (status.textContent === text) return;
  status.className = name;
  status.textContent = text;
}

function factsOf(task: TaskRecord, polls: readonly LoggedPoll[]): (readonly [string, string])[] {
  const { operation, attempts, startedAt, completedAt, taskStatus, correlation, messages, warnings } = task;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Operation', operation],
    ['Task status', polls.at(-1)?.observed ?? taskStatus],
    ['Polls', String(Math.max(attempts, polls.length))],
    ['Started', new Date(startedAt).toLocaleString()],
    ['Took', completedAt === undefined ? undefined : `${seconds(startedAt, completedAt)} s`],
    ['Correlation', correlation],
    ['Messages', messages.join('; ')],
    ['Warnings', warnings.join('; ')],
  ];
  return all.flatMap(([name, value = '']) => (value === '' ? [] : [[name, value] as const]));
}

function describePoll(poll: LoggedPoll, startedAt: string): HTMLElement[] {
  const { timestamp, observed, detail, nextPollSeconds, outcome } = poll;
  const next =
    nextPollSeconds === undefined ? `ends as ${outcome}` : `next in ${nextPollSeconds.toFixed(1)} s`;
  return [
    quiet('span', `${seconds(startedAt, timestamp)} s`),
    element('span', {}, detail === undefined ? observed : `${observed}: ${detail}`),
    quiet('span', next),
  ];
}

function seconds(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}
