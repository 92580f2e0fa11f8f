import type { Task } from '../../client/client.ts';
import type { Progress } from '../progress.ts';

/** Returns a function that shows each poll of a task once. */
export function createPollDisplay(progress: Pick<Progress, 'polled'>): (task: Task) => void {
  const shown = new Set<string>();
  return ({ taskId, attempts, taskStatus, nextPollAt, outcome }) => {
    const poll = `${taskId} ${attempts} ${outcome}`;
    if (attempts === 0 || shown.has(poll)) return;
    shown.add(poll);
    const nextPollSeconds =
      nextPollAt === undefined ? undefined : Math.max(0, (Date.parse(nextPollAt) - Date.now()) / 1000);
    progress.polled({ attempt: attempts, observed: taskStatus ?? 'no status', nextPollSeconds, outcome });
  };
}
