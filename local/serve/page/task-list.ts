import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { byId, element, quiet } from './dom.ts';

const list = byId('tasks', HTMLUListElement);
const none = byId('no-tasks', HTMLParagraphElement);

export interface TaskList {
  /**
   * @param tasks newest first
   * @param loggedAttempts polls by task id. A record counts a poll just after it was logged.
   */
  show(
    tasks: readonly TaskSummary[],
    loggedAttempts: ReadonlyMap<string, number>,
    selected: string | undefined,
  ): void;
}

/** Lists tasks as buttons. Rows keep their elements, so that the focus is not lost. */
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
    show(tasks, loggedAttempts, selected) {
      none.hidden = tasks.length > 0;
      for (const [position, task] of tasks.entries()) {
        const row = rowOf(task.taskId);
        const button = row.querySelector('button');
        button?.replaceChildren(...describe(task, loggedAttempts.get(task.taskId) ?? 0));
        button?.setAttribute('aria-current', String(task.taskId === selected));
        const current = list.children[position] ?? null;
        if (current !== row) list.insertBefore(row, current);
      }
      while (list.children.length > tasks.length) list.lastElementChild?.remove();
    },
  };
}

function describe(task: TaskSummary, loggedAttempts: number): HTMLSpanElement[] {
  const { taskId, operation, status, reason, attempts } = task;
  const polls = status === 'Collecting' ? Math.max(attempts, loggedAttempts) : attempts;
  return [
    element('span', { className: 'id' }, taskId),
    element('span', { className: status }, reason === undefined ? status : `${status}, ${reason}`),
    quiet('span', operation),
    quiet('span', polls === 1 ? '1 poll' : `${polls} polls`),
  ];
}
