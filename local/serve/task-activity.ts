import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { type LoggedPoll, parsePoll } from '../logged-poll.ts';
import type { Activity } from './page-contract.ts';
import type { PollStore } from './poll-store.ts';

/** What has happened to tasks, and what happens. */
export interface TaskActivity {
  /** The polls of a task so far, oldest first. */
  pollsOf(taskId: string): readonly LoggedPoll[];
  /** Hears of polls, and of our events. @returns a function that ends the listening. */
  onActivity(listener: (activity: Activity) => void): () => void;
}

/** The polls of this many tasks are kept, so that a long stay takes no more memory. */
const MAX_TASKS = 1000;

/**
 * Follows what a stack does, from now on.
 *
 * @param store where polls outlive the process
 */
export function followTasks(
  stack: Pick<EmbeddedStack, 'onLog' | 'onEvent'>,
  store?: PollStore,
): TaskActivity {
  const polls = new Map<string, LoggedPoll[]>();
  const listeners = new Set<(activity: Activity) => void>();

  function tell(activity: Activity): void {
    for (const listener of listeners) listener(activity);
  }

  function remember(poll: LoggedPoll): void {
    polls.set(poll.taskId, [...(polls.get(poll.taskId) ?? []), poll]);
    const [oldest] = polls.keys();
    if (polls.size > MAX_TASKS && oldest !== undefined) polls.delete(oldest);
  }

  store?.read().forEach(remember);
  stack.onLog((line) => {
    const poll = parsePoll(line);
    if (poll === undefined) return;
    remember(poll);
    store?.add(poll);
    tell({ kind: 'poll', poll });
  });
  stack.onEvent((event) => {
    if (event.source === EVENT_SOURCE) tell({ kind: 'event', event });
  });

  return {
    pollsOf: (taskId) => polls.get(taskId) ?? [],
    onActivity(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
