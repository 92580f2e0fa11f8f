import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { byId, element } from './dom.ts';

const list = byId('tasks', HTMLUListElement);
const none = byId('no-tasks', HTMLParagraphElement);

/** The tasks, newest first. */
export interface TaskList {
  /** @param attemptsSeen polls by task id: a record learns of each just after it was logged */
  show(
    tasks: readonly TaskSummary[],
    attemptsSeen: ReadonlyMap<string, number>,
    selected: string | undefined,
  ): void;
}

/** Lists tasks, each of which can be chosen. Rows stay the same elements, so that the focus stays where it is. */
export function createTaskList(onChosen: (taskId: string) => void): TaskList {
  const rows = new Map<string, HTMLLIElement>();

  function rowOf(taskId: string): HTMLLIElement {
    const row =
      rows.get(taskId) ??
      element('li', {}, element('button', { type: 'button', onclick: () => onChosen(taskId) }));
    rows.set(taskId, row);
    return row;
  }

  return {
    show(tasks, attemptsSeen, selected) {
      none.hidden = tasks.length > 0;
      for (const [position, task] of tasks.entries()) {
        const row = rowOf(task.taskId);
        const button = row.querySelector('button');
        button?.replaceChildren(...describe(task, attemptsSeen.get(task.taskId) ?? 0));
        button?.setAttribute('aria-current', String(task.taskId === selected));
        const standing = list.children[position] ?? null;
        if (standing !== row) list.insertBefore(row, standing);
      }
      while (list.children.length > tasks.length) list.lastElementChild?.remove();
    },
  };
}

function describe(task: TaskSummary, attemptsSeen: number): HTMLSpanElement[] {
  const { taskId, operation, status, reason, attempts } = task;
  const polls = status === 'Collecting' ? Math.max(attempts, attemptsSeen) : attempts;
  return [
    element('span', { className: 'id' }, taskId),
    element('span', { className: status }, reason === undefined ? status : `${status}, ${reason}`),
    element('span', { className: 'quiet' }, operation),
    element('span', { className: 'quiet' }, polls === 1 ? '1 poll' : `${polls} polls`),
  ];
}
