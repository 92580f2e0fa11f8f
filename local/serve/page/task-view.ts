import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { LoggedPoll } from '../../logged-poll.ts';
import { byId, element, quiet } from './dom.ts';
import { fileNameOf } from './file-name.ts';
import { showDocuments } from './task-documents.ts';

const placeholder = byId('no-task', HTMLParagraphElement);
const details = byId('task-details', HTMLDivElement);
const id = byId('task-id', HTMLParagraphElement);
const status = byId('task-status', HTMLParagraphElement);
const facts = byId('facts', HTMLDListElement);
const timeline = byId('polls', HTMLOListElement);

/**
 * Shows the status, facts, polls and documents of a task.
 *
 * @param onChosen shows the task that replaced this one
 */
export function showTask(
  task: TaskRecord,
  polls: readonly LoggedPoll[],
  onChosen: (taskId: string) => void,
): void {
  const own = polls.filter(({ timestamp }) => Date.parse(timestamp) >= Date.parse(task.startedAt));
  placeholder.hidden = true;
  details.hidden = false;
  id.textContent = task.taskId;
  showStatus(task);
  facts.replaceChildren(
    ...factsOf(task, own).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    ...describeReplacement(task, onChosen),
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
  const { source, uploads } = task;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['File', source && fileNameOf(source)],
    ['Operation', operation],
    ['Task status', polls.at(-1)?.observed ?? taskStatus],
    ['Uploads to Aspose', uploads?.toString()],
    ['Polls', String(Math.max(attempts, polls.length))],
    ['Started', new Date(startedAt).toLocaleString()],
    ['Took', completedAt === undefined ? undefined : `${seconds(startedAt, completedAt)} s`],
    ['Correlation', correlation],
    ['Messages', messages.join('; ')],
    ['Warnings', warnings.join('; ')],
  ];
  return all.flatMap(([name, value = '']) => (value === '' ? [] : [[name, value] as const]));
}

/** A lost task publishes no event: its image was uploaded again. */
function describeReplacement(
  { replacedBy }: TaskRecord,
  onChosen: (taskId: string) => void,
): readonly HTMLElement[] {
  if (replacedBy === undefined) return [];
  const show = element(
    'button',
    { type: 'button', className: 'link', onclick: () => onChosen(replacedBy) },
    replacedBy,
  );
  return [
    element('dt', {}, 'Replaced by'),
    element('dd', {}, show, ' (Aspose lost this task, so the image was uploaded again)'),
  ];
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
