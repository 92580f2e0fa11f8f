import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { LoggedPoll } from '../../logged-poll.ts';
import { badge, byId, element, quiet, showContent } from './dom.ts';
import { describeDuration, secondsBetween } from './durations.ts';
import { showFacts } from './facts.ts';
import { fileNameOf, titleOf } from './file-name.ts';
import { batchHref, taskHref } from './route.ts';
import { showDocuments } from './task-documents.ts';

const heading = byId('task-heading', HTMLHeadingElement);
const id = byId('task-id', HTMLParagraphElement);
const status = byId('task-status', HTMLParagraphElement);
const facts = byId('facts', HTMLDListElement);
const timelineHeading = byId('polls-heading', HTMLHeadingElement);
const timeline = byId('polls', HTMLOListElement);

/** Shows the status, facts, polls and documents of a task. */
export function showTask(task: TaskRecord, polls: readonly LoggedPoll[]): void {
  const own = polls.filter(({ timestamp }) => Date.parse(timestamp) >= Date.parse(task.startedAt));
  showContent(heading, titleOf(task));
  showContent(id, task.taskId);
  // Without a file, the heading is the id.
  id.hidden = task.source === undefined;
  showStatus(task);
  showDocuments(task);
  showFacts(facts, [...factsOf(task, own), ['Batch', batchLink(task)], ['Replaced by', replacement(task)]]);
  // In a batch, only polls with a fault are logged.
  timelineHeading.hidden = own.length === 0;
  showContent(timeline, ...own.map((poll) => element('li', {}, ...describePoll(poll, task.startedAt))));
}

function showStatus({ status: name, reason, partial, empty }: TaskRecord): void {
  const text = [name, reason, partial && 'partial', empty && 'empty'].filter(Boolean).join(', ');
  showContent(status, badge(name, text));
}

function factsOf(
  task: TaskRecord,
  polls: readonly LoggedPoll[],
): readonly (readonly [string, string | undefined])[] {
  const { operation, attempts, startedAt, completedAt, taskStatus, correlation, messages, warnings } = task;
  const { source, uploads } = task;
  return [
    ['File', source && fileNameOf(source)],
    ['Operation', operation],
    ['Task status', polls.at(-1)?.observed ?? taskStatus],
    ['Uploads to Aspose', uploads?.toString()],
    ['Polls', String(Math.max(attempts, polls.length))],
    ['Started', new Date(startedAt).toLocaleString()],
    ['Took', completedAt && describeDuration(secondsBetween(startedAt, completedAt))],
    ['Correlation', correlation],
    ['Messages', messages.join('; ')],
    ['Warnings', warnings.join('; ')],
  ];
}

function batchLink({ batchId }: TaskRecord): HTMLAnchorElement | undefined {
  return batchId === undefined ? undefined : element('a', { href: batchHref(batchId) }, batchId);
}

/** A lost task publishes no event: its image was uploaded again. */
function replacement({ replacedBy }: TaskRecord): HTMLElement | undefined {
  if (replacedBy === undefined) return undefined;
  const link = element('a', { href: taskHref(replacedBy) }, replacedBy);
  return element('span', {}, link, ' (Aspose lost this task, so the image was uploaded again)');
}

function describePoll(poll: LoggedPoll, startedAt: string): HTMLElement[] {
  const { timestamp, observed, detail, nextPollSeconds, outcome } = poll;
  const next =
    nextPollSeconds === undefined ? `ends as ${outcome}` : `next in ${describeDuration(nextPollSeconds)}`;
  return [
    quiet('span', describeDuration(secondsBetween(startedAt, timestamp))),
    element('span', {}, detail === undefined ? observed : `${observed}: ${detail}`),
    quiet('span', next),
  ];
}
