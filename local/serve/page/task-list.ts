import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { byId, element, quiet } from './dom.ts';
import { fileNameOf } from './file-name.ts';

const list = byId('tasks', HTMLUListElement);
const none = byId('no-tasks', HTMLParagraphElement);

const more = byId('more-tasks', HTMLDivElement);
const shownCount = byId('shown-tasks', HTMLSpanElement);
const showMore = byId('show-more', HTMLButtonElement);

export interface ShownState {
  /** Polls by task id. A record counts a poll just after it was logged. */
  readonly loggedAttempts: ReadonlyMap<string, number>;
  readonly selected: string | undefined;
  /** How many tasks there are, shown or not. */
  readonly total: number;
}

export interface TaskList {
  /** @param tasks newest first */
  show(tasks: readonly TaskSummary[], state: ShownState): void;
}

/**
 * Lists tasks as buttons. Rows keep their elements, so that the focus is not lost.
 *
 * @param onMore shows more tasks
 */
export function createTaskList(onChosen: (taskId: string) => void, onMore: () => Promise<void>): TaskList {
  showMore.addEventListener('click', async () => {
    const { length } = list.children;
    await onMore();
    list.children[length]?.querySelector('button')?.focus();
  });
  const rows = new Map<string, HTMLLIElement>();

  function rowOf(taskId: string): HTMLLIElement {
    const row =
      rows.get(taskId) ??
      element('li', {}, element('button', { type: 'button', onclick: () => onChosen(taskId) }));
    rows.set(taskId, row);
    return row;
  }

  return {
    show(tasks, { loggedAttempts, selected, total }) {
      none.hidden = tasks.length > 0;
      more.hidden = tasks.length >= total;
      shownCount.textContent = `${tasks.length} of ${total}`;
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
  const { taskId, operation, status, reason, replacedBy, attempts, source } = task;
  const polls = status === 'Collecting' ? Math.max(attempts, loggedAttempts) : attempts;
  return [
    element('span', { className: 'id', title: taskId }, source === undefined ? taskId : fileNameOf(source)),
    element(
      'span',
      { className: status },
      [status, reason, replacedBy && 'replaced'].filter(Boolean).join(', '),
    ),
    quiet('span', operation),
    quiet('span', polls === 1 ? '1 poll' : `${polls} polls`),
  ];
}
