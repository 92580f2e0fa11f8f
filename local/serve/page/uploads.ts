import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { badge, byId, element, quiet, showContent } from './dom.ts';
import { taskHref } from './route.ts';

const list = byId('uploads', HTMLUListElement);

/** A file of the latest request, from its upload to the end of its task. */
export interface UploadRow {
  /** @param share of the file that the server has received, from 0 to 1 */
  showSent(share: number): void;
  showTask(taskId: string): void;
  showStored(): void;
  showProblem(message: string): void;
}

/** The files of the latest request. */
export interface Uploads {
  /** Replaces the rows. */
  begin(files: readonly File[]): readonly UploadRow[];
  /** Shows how the tasks of the files are doing. */
  showTasks(find: (taskId: string) => TaskSummary | undefined): void;
}

export function createUploads(): Uploads {
  let tasks = new Map<string, HTMLSpanElement>();

  function createRow(file: File): UploadRow {
    const title = element('span', { className: 'name', title: file.name }, file.name);
    const bar = element('progress', { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` });
    const state = quiet('span', 'Waiting');
    const row = element('li', {}, title, bar, state);
    list.append(row);
    return {
      showSent(share) {
        bar.value = share;
        showContent(state, share < 1 ? `Uploading, ${Math.floor(share * 100)} %` : 'Submitting to Aspose');
        // Aspose does not say how long it takes.
        if (share === 1) bar.removeAttribute('value');
      },
      showTask(taskId) {
        bar.remove();
        title.replaceChildren(element('a', { href: taskHref(taskId) }, file.name));
        state.replaceChildren(badge('Collecting'));
        tasks.set(taskId, state);
      },
      showStored() {
        bar.value = 1;
        showContent(state, 'Uploaded');
      },
      showProblem(message) {
        bar.remove();
        state.replaceWith(element('p', { className: 'problem' }, message));
      },
    };
  }

  return {
    begin(files) {
      tasks = new Map();
      list.replaceChildren();
      return files.map(createRow);
    },
    showTasks(find) {
      for (const [taskId, state] of tasks) {
        const { status = 'Collecting', reason } = find(taskId) ?? {};
        showContent(state, badge(status, [status, reason].filter(Boolean).join(', ')));
      }
    },
  };
}
