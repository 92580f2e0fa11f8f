import type { StoredResult, TaskRecord } from '../../../functions/contracts/task-record.ts';
import { byId, element, quiet } from './dom.ts';
import { documentFileName } from './file-name.ts';

const documents = byId('documents', HTMLDivElement);

/** Identifies the shown documents, so that a refresh does not load them again. */
let shownKey: string | undefined;

/** Shows the documents of a task. */
export function showDocuments(task: TaskRecord): void {
  const { taskId, generation, status, results, resultCount } = task;
  const key = [taskId, generation, status].join('/');
  if (shownKey === key) return;
  shownKey = key;
  documents.replaceChildren(...results.map((result) => createDocument(task, result)));
  if (results.length < resultCount) {
    documents.append(quiet('p', `The manifest lists ${resultCount - results.length} more.`));
  }
  if (resultCount === 0) documents.append(quiet('p', status === 'Collecting' ? 'None yet.' : 'None.'));
}

function createDocument(task: TaskRecord, result: StoredResult): HTMLElement {
  const { index, type, contentType, key, bytes } = result;
  const name = `Document ${index}`;
  const title = element('h4', {}, `${name}, ${type ?? 'no type'}`);
  const header = element('header', {}, title, quiet('span', describeBytes(bytes)));
  const box = element('article', { className: 'document' }, header);
  if (key === null) {
    box.append(quiet('p', 'Aspose sent no data that could be stored.'));
    return box;
  }
  const url = `/local/tasks/${task.taskId}/documents/${index}`;
  const fileName = documentFileName(task, { index, key });
  const opening = { href: url, target: '_blank', rel: 'noopener', ariaLabel: `Open ${name} in a new tab` };
  const saving = { href: url, download: fileName, ariaLabel: `Save ${name} as ${fileName}` };
  const links = [element('a', opening, 'Open'), element('a', saving, 'Save')];
  header.append(element('span', { className: 'links' }, ...links));
  box.append(createContent(url, contentType ?? '', name));
  return box;
}

function describeBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** Shows text, images and PDF. Other types can only be saved. */
function createContent(url: string, contentType: string, name: string): HTMLElement {
  const [mediaType = ''] = contentType.split(';');
  if (mediaType.startsWith('image/'))
    return element('img', { src: url, alt: name, onerror: reloadIfStopped });
  if (mediaType === 'application/pdf') {
    return element('iframe', { src: `${url}#navpanes=0&view=FitH`, title: name });
  }
  if (!/^text\/|\/(json|xml)$/.test(mediaType)) {
    return quiet('p', `A browser cannot show ${mediaType || 'this type'}.`);
  }
  // Long text scrolls. It is focusable, so that the keyboard can scroll it.
  const text = element('pre', { tabIndex: 0, role: 'region', ariaLabel: name });
  void loadText(url).then((loaded) => {
    text.textContent = loaded;
  });
  return text;
}

async function loadText(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : `The server responded with HTTP ${response.status}.`;
  } catch {
    reloadOnRefresh();
    return 'The server has stopped.';
  }
}

/** A browser does not say why an image failed. It cannot show every format. */
function reloadIfStopped(): void {
  void fetch('/local/choices').catch(reloadOnRefresh);
}

/** Makes the next refresh load the documents again. It follows when the server responds again. */
function reloadOnRefresh(): void {
  shownKey = undefined;
}
