import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { badge, byId, element, quiet } from './dom.ts';
import { titleOf } from './file-name.ts';
import { createPagedList, type PagedList } from './paged-list.ts';
import { taskHref } from './route.ts';
import { createTime } from './times.ts';

const filter = byId('tasks-filter', HTMLSelectElement);

/** What the filter offers, by its value. */
const FILTERS: ReadonlyMap<string, (task: TaskSummary) => boolean> = new Map([
  ['all', () => true],
  ['open', ({ status }: TaskSummary) => status === 'Collecting'],
  ['completed', ({ status }: TaskSummary) => status === 'Completed'],
  ['others', ({ status }: TaskSummary) => status !== 'Collecting' && status !== 'Completed'],
]);

/**
 * Lists tasks by file name and time.
 *
 * @param loggedAttempts polls by task id. A record counts a poll just after it was logged
 */
export function createTaskList(loggedAttempts: ReadonlyMap<string, number>): PagedList<TaskSummary> {
  const list = createPagedList<TaskSummary>({
    list: 'tasks',
    step: 100,
    idOf: ({ taskId }) => taskId,
    hrefOf: ({ taskId }) => taskHref(taskId),
    describe: (task) => describe(task, loggedAttempts.get(task.taskId) ?? 0),
  });
  let latest: readonly TaskSummary[] = [];
  let latestSelected: string | undefined;
  const none = byId('tasks-none', HTMLParagraphElement);

  function show(): void {
    const tasks = latest.filter(FILTERS.get(filter.value) ?? (() => true));
    none.hidden = tasks.length > 0;
    none.textContent = latest.length === 0 ? 'None yet.' : 'None of this kind.';
    list.show(tasks, latestSelected);
  }
  filter.addEventListener('change', show);

  return {
    show(tasks, selected) {
      latest = tasks;
      latestSelected = selected;
      show();
    },
    focus: list.focus,
  };
}

function describe(task: TaskSummary, loggedAttempts: number): HTMLSpanElement[] {
  const { taskId, operation, status, reason, replacedBy, attempts, startedAt } = task;
  const polls = status === 'Collecting' ? Math.max(attempts, loggedAttempts) : attempts;
  const ending = [status, reason, replacedBy && 'replaced'].filter(Boolean).join(', ');
  return [
    element('span', { className: 'name', title: taskId }, titleOf(task)),
    badge(status, ending),
    quiet('span', `${operation}, ${polls === 1 ? '1 poll' : `${polls} polls`}`),
    quiet('span', createTime(startedAt)),
  ];
}
