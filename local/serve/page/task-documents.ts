import type { StoredResult, TaskRecord } from '../../../functions/contracts/task-record.ts';
import { wordsOf } from './api-client.ts';
import { byId, element } from './dom.ts';

const documents = byId('documents', HTMLDivElement);

/** What is shown already: documents are fetched once, not with every refresh. */
let shown: string | undefined;

/** Shows the documents of a task, once it has some. */
export function showDocuments(task: TaskRecord): void {
  const { taskId, generation, status, results, resultCount } = task;
  const key = [taskId, generation, status].join('/');
  if (shown === key) return;
  shown = key;
  documents.replaceChildren(...results.map((result) => describe(taskId, result)));
  if (results.length < resultCount) {
    documents.append(
      element('p', { className: 'quiet' }, `${resultCount - results.length} more are in the manifest.`),
    );
  }
  if (resultCount === 0) {
    documents.append(element('p', { className: 'quiet' }, status === 'Collecting' ? 'None yet.' : 'None.'));
  }
}

function describe(taskId: string, { index, type, contentType, key, bytes }: StoredResult): HTMLElement {
  const name = `Document ${index}`;
  const title = element('h4', {}, `${name}, ${type ?? 'no type'}, ${bytes.toLocaleString()} bytes`);
  const header = element('header', {}, title);
  const box = element('article', { className: 'document' }, header);
  if (key === null) {
    box.append(element('p', { className: 'quiet' }, 'Aspose sent no data that could be stored.'));
    return box;
  }
  header.append(
    element('a', { href: `/tasks/${taskId}/results/${index}`, ariaLabel: `Save ${name}` }, 'Save'),
  );
  box.append(content(`/local/tasks/${taskId}/documents/${index}`, contentType ?? '', name));
  return box;
}

/** Text as text; pictures and PDF as the browser shows them; nothing of what can only be saved. */
function content(address: string, contentType: string, name: string): HTMLElement {
  const [mediaType = ''] = contentType.split(';');
  if (mediaType.startsWith('image/')) return element('img', { src: address, alt: name });
  if (mediaType === 'application/pdf') {
    return element('iframe', { src: `${address}#navpanes=0&view=FitH`, title: name });
  }
  if (!/^text\/|\/(json|xml)$/.test(mediaType)) {
    return element('p', { className: 'quiet' }, `A browser does not show ${mediaType || 'this'}.`);
  }
  // Long text scrolls: to scroll it with the keyboard, it takes the focus.
  const text = element('pre', { tabIndex: 0, role: 'region', ariaLabel: name });
  void loadText(address).then((loaded) => {
    text.textContent = loaded;
  });
  return text;
}

async function loadText(address: string): Promise<string> {
  try {
    const response = await fetch(address);
    return response.ok ? await response.text() : `The server answered HTTP ${response.status}.`;
  } catch (error) {
    return wordsOf(error);
  }
}
